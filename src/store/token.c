#include "store/token.h"

#include "base/clock.h"
#include "store/db_private.h"

#define ID_DIGITS 8
#define PREFIX_BYTES 12		/* "pw_" + id + "_" */

#define COLUMNS "id, name, scopes, created_at, expires_at, revoked_at"

int
token_insert(struct db *db, const struct token *t, const struct sha256 *hash,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO token (" COLUMNS ", hash)"
	    " VALUES (:id, :name, :scopes, :created_at, :expires_at,"
	    " :revoked_at, :hash) ON CONFLICT (id) DO NOTHING");

	stmt_bind_str(s, ":id", t->id);
	stmt_bind_str(s, ":name", t->name);
	stmt_bind_str(s, ":scopes", t->scopes);
	stmt_bind_int(s, ":created_at", t->created_ms);
	if (t->expires_ms >= 0)
		stmt_bind_int(s, ":expires_at", t->expires_ms);
	if (t->revoked_ms >= 0)
		stmt_bind_int(s, ":revoked_at", t->revoked_ms);
	stmt_bind_blob(s, ":hash", str_n((const char *)hash->b,
	    sizeof(hash->b)));
	if (stmt_run(s, e) != 0)
		return -1;
	if (db_changes(db) == 0)
		return err_set(e, ERR_EXISTS, "there is a token %.*s already",
		    STR_ARG(t->id));
	return 0;
}

static int64_t
time_or_none(struct stmt *s, int column)
{
	return stmt_is_null(s, column) ? -1 : stmt_int(s, column);
}

static struct token
row_read(struct stmt *s, struct arena *a)
{
	return (struct token){
		.id = stmt_copy(s, a, 0),
		.name = stmt_copy(s, a, 1),
		.scopes = stmt_copy(s, a, 2),
		.created_ms = stmt_int(s, 3),
		.expires_ms = time_or_none(s, 4),
		.revoked_ms = time_or_none(s, 5),
	};
}

int
token_find(struct db *db, struct arena *a, struct str id, struct token *out,
    struct sha256 *hash, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS ", hash FROM token"
	    " WHERE id = :id");
	struct str h;
	int rc;

	stmt_bind_str(s, ":id", id);
	rc = stmt_step(s, e);
	if (rc > 0) {
		*out = row_read(s, a);
		h = stmt_str(s, 6);
		/* the table lets in no other length */
		if (hash && h.len == sizeof(hash->b))
			memcpy(hash->b, h.p, sizeof(hash->b));
	}
	stmt_reset(s);
	return rc;
}

int
token_list(struct db *db, struct arena *a, struct token **out, size_t *n,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM token"
	    " ORDER BY created_at, rowid");
	struct token *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = row_read(s, a);
	}
	*out = rows;
	return rc;
}

int
token_revoke(struct db *db, struct str id, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE token"
	    " SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id");

	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_str(s, ":id", id);
	if (stmt_run(s, e) != 0)
		return -1;
	if (db_changes(db) == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no token %.*s",
		    STR_ARG(id));
	return 0;
}

/* Every refusal reads the same: nobody learns which part was wrong. */
static int
refuse(struct err *e)
{
	return err_set(e, ERR_UNAUTHORIZED,
	    "the token is unknown, has expired or was revoked");
}

int
token_check(struct db *db, struct arena *a, struct str text,
    enum scope needed, struct token *out, struct err *e)
{
	struct sha256 kept, given;
	int rc;

	if (!text.p)
		return err_set(e, ERR_UNAUTHORIZED, "no token was sent");
	if (text.len <= PREFIX_BYTES || !str_starts(text, STR("pw_")) ||
	    text.p[PREFIX_BYTES - 1] != '_')
		return refuse(e);
	rc = token_find(db, a, str_n(text.p + 3, ID_DIGITS), out, &kept, e);
	if (rc < 0)
		return -1;
	given = sha256_of(text);
	if (rc == 0 || !sha256_eq(kept, given) || out->revoked_ms >= 0 ||
	    (out->expires_ms >= 0 && out->expires_ms <= clock_now_ms()))
		return refuse(e);
	if (!scope_granted(out->scopes, needed))
		return err_set(e, ERR_SCOPE_MISSING,
		    "the token lacks the scope %s", scope_name(needed));
	return 0;
}
