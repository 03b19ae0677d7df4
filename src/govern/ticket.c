#include "govern/ticket.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/hash.h"
#include "store/stream_ticket.h"

#define SECRET_BYTES 32

/* Used ones count too, until they expire: only broadcastd knows of those. */
static int
check_count(struct govern *g, const struct stream_ticket *t, struct err *e)
{
	int64_t n = 0, first_ms = -1;

	if (stream_ticket_count(g->db, t->token_id, t->created_ms, &n,
	    &first_ms, e) != 0)
		return -1;
	if (n < TICKETS_MAX)
		return 0;
	err_set(e, ERR_TOO_MANY_TICKETS, "this token has %d tickets that have"
	    " not expired", TICKETS_MAX);
	return err_retry(e, (int)((first_ms - t->created_ms + 999) / 1000));
}

int
govern_ticket(struct govern *g, struct arena *a, struct str token_id,
    struct ticket *out, struct err *e)
{
	struct stream_ticket t = { .token_id = token_id };
	unsigned char secret[SECRET_BYTES];
	struct sha256 hash;

	random_bytes(secret, sizeof(secret));
	*out = (struct ticket){ .ok = true, .ttl_s = g->cfg->ticket_ttl_s,
	    .ticket = arena_fmt(a, "pwt_%s", base64url(a,
	    str_n((const char *)secret, sizeof(secret))).p) };
	hash = sha256_of(out->ticket);
	if (db_begin(g->db, e) != 0)
		return -1;
	/* not before: the lock may have been waited for */
	t.created_ms = clock_now_ms();
	t.expires_ms = out->expires_ms = t.created_ms + out->ttl_s * 1000;
	if (stream_ticket_purge(g->db, t.created_ms, e) != 0 ||
	    check_count(g, &t, e) != 0 ||
	    stream_ticket_insert(g->db, &t, &hash, e) != 0) {
		db_rollback(g->db);
		return -1;
	}
	return db_commit(g->db, e);
}
