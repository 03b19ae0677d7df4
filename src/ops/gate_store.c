#include "ops/gate_store.h"

#include "base/log.h"
#include "remote/gate_rules.h"
#include "tracker/memory.h"

#define ETAGS_MAX	2000	/* pages of lists that are kept */
#define ETAG_MAX_BYTES	MIB(2)	/* of one */

static int
state_read(struct ops *o, struct arena *a, const struct gate_key *key,
    struct gate_state *s, struct err *e)
{
	struct str text = STR_NONE;

	if (gate_row_get(o->g->db, a, key->host, key->credential, &text,
	    e) < 0)
		return -1;
	gate_state_read(a, text, s);
	return 0;
}

/* GitHub's, but for the pause that an Enterprise server may not want. */
static struct gate_limits
limits_of(const struct ops *o)
{
	struct gate_limits l = gate_limits_github;

	l.write_gap_ms = o->g->cfg->github_write_gap_ms;
	return l;
}

static int
before(void *to, const struct gate_ask *ask, int64_t *wait_ms, struct err *e)
{
	struct ops *o = to;
	struct gate_limits limits = limits_of(o);
	struct arena *a = arena_new();
	struct gate_state s;
	int rc = -1;

	if (db_begin(o->g->db, e) != 0)
		goto out;
	if (state_read(o, a, &ask->key, &s, e) != 0)
		goto undo;
	*wait_ms = gate_ask(&limits, &s, ask);
	if (*wait_ms == 0 && gate_row_put(o->g->db, ask->key.host,
	    ask->key.credential, gate_state_text(a, &s), e) != 0)
		goto undo;
	rc = db_commit(o->g->db, e);
	goto out;
undo:
	db_rollback(o->g->db);
out:
	arena_free(a);
	return rc;
}

static void
after(void *to, const struct gate_told *told)
{
	struct ops *o = to;
	struct gate_limits limits = limits_of(o);
	struct arena *a = arena_new();
	struct gate_state s;
	struct err e = { 0 };
	int rc = db_begin(o->g->db, &e);

	if (rc == 0) {
		rc = state_read(o, a, &told->key, &s, &e);
		if (rc == 0) {
			gate_tell(&limits, &s, told);
			rc = gate_row_put(o->g->db, told->key.host,
			    told->key.credential, gate_state_text(a, &s), &e);
		}
		if (rc == 0)
			rc = db_commit(o->g->db, &e);
		else
			db_rollback(o->g->db);
	}
	if (rc != 0)
		log_warn("the limits of a host were not kept", "detail",
		    e.detail, NULL);
	arena_free(a);
}

static int
etag_get(void *to, struct arena *a, const struct gate_key *key,
    struct str url, struct gate_etag *out)
{
	struct ops *o = to;
	struct etag_row row;
	int rc = etag_row_get(o->g->db, a, url, key->credential, &row, NULL);

	if (rc > 0)
		*out = (struct gate_etag){ row.etag, row.body, row.link };
	return rc > 0;
}

static void
etag_put(void *to, const struct gate_key *key, struct str url,
    const struct gate_etag *tag)
{
	struct ops *o = to;
	struct etag_row row = { tag->etag, tag->body, tag->link };
	struct err e = { 0 };

	if (tag->body.len > ETAG_MAX_BYTES || db_begin(o->g->db, &e) != 0)
		return;
	if (etag_row_put(o->g->db, url, key->credential, &row, ETAGS_MAX,
	    &e) != 0)
		db_rollback(o->g->db);
	else if (db_commit(o->g->db, &e) == 0)
		return;
	log_warn("an answer was not kept", "detail", e.detail, NULL);
}

void
gate_store_init(struct gate *gate, struct ops *o)
{
	*gate = (struct gate){ before, after, etag_get, etag_put, o };
}
