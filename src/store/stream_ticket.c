#include "store/stream_ticket.h"

int
stream_ticket_insert(struct db *db, struct stream_ticket *t,
    const struct sha256 *hash, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO stream_ticket (hash,"
	    " token_id, created_at, expires_at) VALUES (:hash, :token_id,"
	    " :created_at, :expires_at) RETURNING id");

	stmt_bind_blob(s, ":hash", str_n((const char *)hash->b,
	    sizeof(hash->b)));
	stmt_bind_str(s, ":token_id", t->token_id);
	stmt_bind_int(s, ":created_at", t->created_ms);
	stmt_bind_int(s, ":expires_at", t->expires_ms);
	return stmt_one_int(s, &t->id, e);
}

int
stream_ticket_purge(struct db *db, int64_t now_ms, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM stream_ticket"
	    " WHERE expires_at <= :now");

	stmt_bind_int(s, ":now", now_ms);
	return stmt_run(s, e);
}

int
stream_ticket_find(struct db *db, struct arena *a, const struct sha256 *hash,
    struct stream_ticket *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id, token_id, created_at,"
	    " expires_at FROM stream_ticket WHERE hash = :hash");
	int rc;

	stmt_bind_blob(s, ":hash", str_n((const char *)hash->b,
	    sizeof(hash->b)));
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = (struct stream_ticket){ stmt_int(s, 0),
		    stmt_copy(s, a, 1), stmt_int(s, 2), stmt_int(s, 3) };
	stmt_reset(s);
	return rc;
}

int
stream_ticket_count(struct db *db, struct str token_id, int64_t now_ms,
    int64_t *n, int64_t *first_ms, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT count(*), min(expires_at)"
	    " FROM stream_ticket WHERE token_id = :token_id"
	    " AND expires_at > :now");
	int rc;

	stmt_bind_str(s, ":token_id", token_id);
	stmt_bind_int(s, ":now", now_ms);
	rc = stmt_step(s, e);
	if (rc > 0) {
		*n = stmt_int(s, 0);
		*first_ms = stmt_is_null(s, 1) ? -1 : stmt_int(s, 1);
	}
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}

int
stream_ticket_newest(struct db *db, int64_t *id, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT coalesce(max(id), 0)"
	    " FROM stream_ticket"), id, e);
}
