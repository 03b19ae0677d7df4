#include "store/idempotency.h"

#include "base/clock.h"

/* Removed along with one write; more than one request leaves behind. */
#define PURGE_ROWS	64

static struct str
present(struct str s)
{
	return s.p ? s : STR("");
}

static void
bind_key(struct stmt *s, const struct idempotency *i)
{
	stmt_bind_str(s, ":token_id", present(i->token_id));
	stmt_bind_str(s, ":route", present(i->route));
	stmt_bind_str(s, ":key", present(i->key));
}

int
idempotency_begin(struct db *db, const struct idempotency *i, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO idempotency (token_id, route,"
	    " key, body_sha256, batch_id, status, created_at) VALUES"
	    " (:token_id, :route, :key, :body_sha256, :batch_id, 0,"
	    " :created_at) ON CONFLICT (token_id, route, key) DO NOTHING");

	bind_key(s, i);
	stmt_bind_blob(s, ":body_sha256", str_n((const char *)i->body_sha256.b,
	    sizeof(i->body_sha256.b)));
	stmt_bind_str(s, ":batch_id", i->batch_id);
	stmt_bind_int(s, ":created_at", i->created_ms);
	if (stmt_run(s, e) != 0)
		return -1;
	return db_changes(db) ? 1 : 0;
}

int
idempotency_find(struct db *db, struct arena *a, struct idempotency *i,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT body_sha256, batch_id, status,"
	    " content_type, answer, created_at FROM idempotency"
	    " WHERE token_id = :token_id AND route = :route AND key = :key");
	struct str h;
	int rc;

	bind_key(s, i);
	rc = stmt_step(s, e);
	if (rc > 0) {
		h = stmt_str(s, 0);
		if (h.len == sizeof(i->body_sha256.b))
			memcpy(i->body_sha256.b, h.p, h.len);
		i->batch_id = stmt_copy(s, a, 1);
		i->status = stmt_int(s, 2);
		i->content_type = stmt_copy(s, a, 3);
		i->answer = stmt_copy(s, a, 4);
		i->created_ms = stmt_int(s, 5);
	}
	stmt_reset(s);
	return rc;
}

int
idempotency_finish(struct db *db, const struct idempotency *i, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE idempotency SET status = :status,"
	    " content_type = :content_type, answer = :answer,"
	    " batch_id = coalesce(:batch_id, batch_id)"
	    " WHERE token_id = :token_id AND route = :route AND key = :key");

	bind_key(s, i);
	stmt_bind_int(s, ":status", i->status);
	stmt_bind_str(s, ":content_type", i->content_type);
	stmt_bind_blob(s, ":answer", i->answer);
	stmt_bind_str(s, ":batch_id", i->batch_id);
	return stmt_run(s, e);
}

int
idempotency_drop(struct db *db, const struct idempotency *i, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM idempotency"
	    " WHERE token_id = :token_id AND route = :route AND key = :key");

	bind_key(s, i);
	return stmt_run(s, e);
}

int
idempotency_purge(struct db *db, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM idempotency WHERE rowid IN"
	    " (SELECT rowid FROM idempotency WHERE created_at < :before"
	    " ORDER BY created_at LIMIT :rows)");

	stmt_bind_int(s, ":before", clock_now_ms() - IDEMPOTENCY_KEEP_MS);
	stmt_bind_int(s, ":rows", PURGE_ROWS);
	return stmt_run(s, e);
}

int
idempotency_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct idempotency *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT token_id, route, key"
	    " FROM idempotency WHERE batch_id = :batch_id");
	int rc;

	*out = (struct idempotency){ .batch_id = batch_id };
	stmt_bind_str(s, ":batch_id", batch_id);
	rc = stmt_step(s, e);
	if (rc > 0) {
		out->token_id = stmt_copy(s, a, 0);
		out->route = stmt_copy(s, a, 1);
		out->key = stmt_copy(s, a, 2);
	}
	stmt_reset(s);
	return rc < 0 ? -1 : rc;
}
