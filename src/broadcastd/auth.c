#include "broadcastd/auth.h"

#include "base/clock.h"
#include "broadcastd/ticket.h"
#include "store/token.h"

static struct ticket_book book;

static void
grant_set(struct grant *g, const struct token *t)
{
	*g = (struct grant){ .expires_ms = t->expires_ms };
	memcpy(g->id, t->id.p, t->id.len < sizeof(g->id) ? t->id.len :
	    sizeof(g->id));
}

int
auth_check(struct db *db, struct arena *a, struct str token,
    struct grant *out, struct err *e)
{
	struct token t;

	if (token_check(db, a, token, SCOPE_STREAM_READ, &t, e) != 0)
		return -1;
	grant_set(out, &t);
	return 0;
}

int
auth_again(struct db *db, struct arena *a, const struct grant *g,
    struct err *e)
{
	struct token t;
	int rc = token_find(db, a, str_n(g->id, GRANT_ID_BYTES), &t, NULL, e);

	if (rc <= 0)
		return rc;
	return t.revoked_ms < 0 && scope_granted(t.scopes, SCOPE_STREAM_READ);
}

int
auth_begin(struct db *db, struct err *e)
{
	int64_t newest;

	if (stream_ticket_newest(db, &newest, e) != 0)
		return -1;
	ticket_book_begin(&book, newest);
	return 0;
}

/* Every refusal reads the same: nobody learns which it was. */
static int
refuse(struct err *e)
{
	err_set(e, ERR_UNAUTHORIZED, "the ticket is unknown, has expired or was"
	    " used, or its token is not valid any more; "
	    "POST /api/stream/tickets gives a new one");
	return err_at(e, "?ticket");
}

int
auth_ticket(struct db *db, struct arena *a, struct str text,
    struct stream_ticket *ticket, struct grant *out, struct err *e)
{
	struct sha256 hash = sha256_of(text);
	int64_t now = clock_now_ms();
	struct token t;
	int rc = stream_ticket_find(db, a, &hash, ticket, e);

	if (rc > 0)
		rc = token_find(db, a, ticket->token_id, &t, NULL, e);
	if (rc < 0)
		return -1;
	if (rc == 0 || ticket->expires_ms <= now || t.revoked_ms >= 0 ||
	    (t.expires_ms >= 0 && t.expires_ms <= now) ||
	    !scope_granted(t.scopes, SCOPE_STREAM_READ) ||
	    ticket_book_has(&book, ticket->id))
		return refuse(e);
	grant_set(out, &t);
	return 0;
}

int
auth_ticket_use(const struct stream_ticket *ticket, struct err *e)
{
	switch (ticket_book_use(&book, ticket->id, ticket->expires_ms,
	    clock_now_ms())) {
	case TICKET_TAKEN:
		return 0;
	case TICKET_SPENT:
		return refuse(e);
	default:
		return err_set(e, ERR_BUSY, "more tickets were used than can"
		    " be remembered until they expire");
	}
}

bool
auth_expired(const struct grant *g, int64_t now_ms)
{
	return g->expires_ms >= 0 && g->expires_ms <= now_ms;
}
