#include "govern/publish.h"

#include <stdio.h>

#include "govern/record.h"
#include "ledger/patch_log.h"
#include "model/producer.h"
#include "store/event_store.h"
#include "store/patch_custody.h"
#include "store/producer_event.h"

static int
too_many(struct err *e)
{
	return err_set(e, ERR_LIMIT_EXCEEDED,
	    "more than %d events in one request", EVENTS_MAX_POST);
}

static int
read_lines(struct str body, struct arena *a, struct publish_body *b,
    struct err *e)
{
	size_t line = 0;

	while (body.p) {
		struct str text = str_cut(&body, '\n');

		line++;
		if (str_trim(text).len == 0 || str_is(text, "\r"))
			continue;
		if (b->n == EVENTS_MAX_POST)
			return too_many(e);
		if (json_parse(text, a, &b->docs[b->n_docs], e) != 0) {
			char where[AT_MAX_BYTES];

			snprintf(where, sizeof(where), "line %zu of the body, %.250s",
			    line, e->at);
			e->at[0] = '\0';
			return err_at(e, "%s", where);
		}
		b->items[b->n++] = json_root(b->docs[b->n_docs++]);
	}
	return 0;
}

int
publish_read(struct str body, bool lines, struct arena *a,
    struct publish_body *b, struct err *e)
{
	const struct json *root;
	int rc = 0;

	b->items = (const struct json **)arena_array(a, EVENTS_MAX_POST,
	    sizeof(*b->items));
	b->docs = arena_array_of(a, struct json_doc *,
	    lines ? EVENTS_MAX_POST : 1);
	b->n = b->n_docs = 0;
	if (lines) {
		rc = read_lines(body, a, b, e);
	} else if (json_parse(body, a, &b->docs[0], e) != 0) {
		rc = -1;
	} else {
		b->n_docs = 1;
		root = json_root(b->docs[0]);
		if (json_kind(root) != JSON_ARRAY)
			b->items[b->n++] = root;
		else if (json_count(root) > EVENTS_MAX_POST)
			rc = too_many(e);
		else
			while (b->n < json_count(root)) {
				b->items[b->n] = json_item(root, b->n);
				b->n++;
			}
	}
	if (rc == 0 && b->n == 0)
		rc = err_set(e, ERR_INVALID, "there is no event in the body");
	if (rc != 0)
		publish_free(b);
	return rc;
}

void
publish_free(struct publish_body *b)
{
	for (size_t i = 0; i < b->n_docs; i++)
		json_doc_free(b->docs[i]);
	b->n_docs = b->n = 0;
}

/* Put the number of the event before each place. */
static int
at_item(const struct publish_body *b, size_t i, struct err *e)
{
	if (b->n > 1 || b->n_docs != 1)
		for (; e; e = e->next) {
			char where[AT_MAX_BYTES];

			snprintf(where, sizeof(where), "/%zu%.250s", i, e->at);
			memcpy(e->at, where, sizeof(where));
		}
	return -1;
}

/* What one call has stored. */
struct stored {
	int64_t *seqs;		/* one per event, in order */
	size_t n, repeated;	/* how many were here already */
};

static void
answer(struct arena *a, const struct stored *st, struct verb_answer *out)
{
	struct buf text = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&text);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "accepted");
	json_put_int(&w, (int64_t)(st->n - st->repeated));
	json_key(&w, "repeated");
	json_put_int(&w, (int64_t)st->repeated);
	json_key(&w, "seqs");
	json_array_open(&w);
	for (size_t i = 0; i < st->n; i++)
		json_put_int(&w, st->seqs[i]);
	json_array_close(&w);
	json_object_close(&w);
	buf_addc(&text, '\n');
	*out = (struct verb_answer){ 200, STR("application/json"),
	    arena_str(a, buf_str(&text)), false };
	buf_free(&text);
}

/* Inside the transaction: store event i of what was decoded; its seq. */
typedef int store_one(struct govern *g, struct arena *a, void *events,
    size_t i, struct stored *st, struct err *e);

static int
store_all(struct govern *g, struct arena *a, size_t n, store_one *one,
    void *events, const struct verb_request *r, struct verb_answer *out,
    struct err *e)
{
	struct stored st = { arena_array_of(a, int64_t, n), n, 0 };
	struct idempotency key;
	int rc;

	if (db_begin(g->db, e) != 0)
		return -1;
	rc = once_look(g, a, r, &key, out, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = one(g, a, events, i, &st, e);
	if (rc == 0) {
		answer(a, &st, out);
		rc = once_keep(g, r, &key, out, e);
	}
	if (rc != 0) {
		db_rollback(g->db);
		return rc < 0 ? -1 : 0;		/* 1: the answer of before */
	}
	if (db_commit(g->db, e) != 0)
		return -1;
	govern_ring(g);
	return 0;
}

struct foreign {
	struct patch_event p;
	struct str client_id;
};

static int
store_foreign(struct govern *g, struct arena *a, void *events, size_t i,
    struct stored *st, struct err *e)
{
	struct foreign *f = (struct foreign *)events + i;
	int rc = producer_event_find(g->db, f->client_id, &st->seqs[i], e);

	if (rc != 0) {
		st->repeated += rc > 0;
		return rc < 0 ? -1 : 0;
	}
	if (record_append_foreign(g, a, &f->p, e) != 0)
		return -1;
	st->seqs[i] = f->p.seq;
	return producer_event_insert(g->db, f->client_id, f->p.seq, e);
}

int
publish_patch_events(struct govern *g, struct arena *a,
    const struct publish_body *b, const struct verb_request *r,
    struct verb_answer *out, struct err *e)
{
	struct foreign *f = arena_array_of(a, struct foreign, b->n);

	for (size_t i = 0; i < b->n; i++)
		if (producer_decode(b->items[i], a, &f[i].p, &f[i].client_id,
		    e) != 0)
			return at_item(b, i, e);
	return store_all(g, a, b->n, store_foreign, f, r, out, e);
}

struct phase {
	struct event ev;
	struct str says;
};

static int
store_phase(struct govern *g, struct arena *a, void *events, size_t i,
    struct stored *st, struct err *e)
{
	struct phase *p = (struct phase *)events + i;
	struct event *ev = &p->ev;

	(void)a;
	if (event_store_append(g->db, ev, e) != 0 ||
	    phase_log_append(g->db, ev, e) != 0)
		return -1;
	st->seqs[i] = ev->seq;
	return patch_custody_insert(g->db, ev, ev->requester, p->says, e);
}

int
publish_phases(struct govern *g, struct arena *a,
    const struct publish_body *b, const struct verb_request *r,
    struct verb_answer *out, struct err *e)
{
	struct phase *p = arena_array_of(a, struct phase, b->n);

	for (size_t i = 0; i < b->n; i++) {
		if (phase_decode(b->items[i], a, &p[i].ev, e) != 0)
			return at_item(b, i, e);
		p[i].says = phase_says(b->items[i], a);
	}
	return store_all(g, a, b->n, store_phase, p, r, out, e);
}
