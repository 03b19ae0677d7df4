#include "store/file_edit.h"

#include "store/db_private.h"

static void
bind_mode(struct stmt *s, const char *name, int64_t mode)
{
	if (mode < 0)
		stmt_bind_null(s, name);
	else
		stmt_bind_int(s, name, mode);
}

static int64_t
mode_read(struct stmt *s, int column)
{
	return stmt_is_null(s, column) ? -1 : stmt_int(s, column);
}

int
file_edit_insert(struct db *db, const struct file_edit *f, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO file_edit (workspace, path,"
	    " batch_id, patch_id, reverts, n, mode_before, mode,"
	    " before_sha256, after_sha256, script) VALUES (:workspace, :path,"
	    " :batch_id, :patch_id, :reverts, :n, :mode_before, :mode,"
	    " :before_sha256, :after_sha256, :script)");

	stmt_bind_str(s, ":workspace", f->workspace);
	stmt_bind_str(s, ":path", f->path);
	stmt_bind_str(s, ":batch_id", f->batch_id);
	stmt_bind_str(s, ":patch_id", f->patch_id);
	stmt_bind_str(s, ":reverts", f->reverts);
	stmt_bind_int(s, ":n", f->n);
	bind_mode(s, ":mode_before", f->mode_before);
	bind_mode(s, ":mode", f->mode);
	stmt_bind_blob(s, ":before_sha256", f->before_sha256);
	stmt_bind_blob(s, ":after_sha256", f->after_sha256);
	stmt_bind_blob(s, ":script", f->script);
	return stmt_run(s, e);
}

int
file_edit_drop(struct db *db, struct str patch_id, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM file_edit"
	    " WHERE patch_id = :patch_id");

	stmt_bind_str(s, ":patch_id", patch_id);
	return stmt_run(s, e);
}

/* What a row is of comes before that, where it is not known. */
#define COLUMNS ", batch_id, patch_id, n, mode_before, mode, before_sha256," \
	" after_sha256, reverts FROM file_edit"

static int
rows_read(struct stmt *s, struct arena *a, struct file_edit **out, size_t *n,
    struct err *e)
{
	struct file_edit *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = (struct file_edit){
			.id = stmt_int(s, 0),
			.workspace = stmt_copy(s, a, 1),
			.path = stmt_copy(s, a, 2),
			.batch_id = stmt_copy(s, a, 3),
			.patch_id = stmt_copy(s, a, 4),
			.n = stmt_int(s, 5),
			.mode_before = mode_read(s, 6),
			.mode = mode_read(s, 7),
			.before_sha256 = stmt_copy(s, a, 8),
			.after_sha256 = stmt_copy(s, a, 9),
			.reverts = stmt_copy(s, a, 10),
		};
	}
	*out = rows;
	return rc;
}

int
file_edit_page(struct db *db, struct arena *a, const struct file_edit *of,
    size_t max, struct file_edit **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id, NULL, NULL" COLUMNS
	    " WHERE workspace = :workspace AND path = :path"
	    " AND id < :before ORDER BY id DESC LIMIT :max");

	stmt_bind_str(s, ":workspace", of->workspace);
	stmt_bind_str(s, ":path", of->path);
	stmt_bind_int(s, ":before", of->id);
	stmt_bind_int(s, ":max", (int64_t)max);
	return rows_read(s, a, out, n, e);
}

int
file_edit_script(struct db *db, struct arena *a, int64_t id, struct str *out,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT script FROM file_edit"
	    " WHERE id = :id");
	int rc;

	stmt_bind_int(s, ":id", id);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = stmt_copy(s, a, 0);
	stmt_reset(s);
	return rc;
}

int
file_edit_before(struct db *db, const struct file_edit *of, int64_t ms,
    struct arena *a, struct str *sha256, struct err *e)
{
	/* from the newest row back to the first that is older */
	struct stmt *s = db_stmt(db, "SELECT before_sha256 FROM file_edit"
	    " WHERE workspace = :workspace AND path = :path AND id >"
	    " coalesce((SELECT f.id FROM file_edit AS f JOIN patch_batch AS b"
	    " ON b.id = f.batch_id WHERE f.workspace = :workspace"
	    " AND f.path = :path AND b.created_at < :ms"
	    " ORDER BY f.id DESC LIMIT 1), 0) ORDER BY id LIMIT 1");
	int rc;

	stmt_bind_str(s, ":workspace", of->workspace);
	stmt_bind_str(s, ":path", of->path);
	stmt_bind_int(s, ":ms", ms);
	rc = stmt_step(s, e);
	if (rc > 0)
		*sha256 = stmt_copy(s, a, 0);
	stmt_reset(s);
	return rc;
}

int
file_edit_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct file_edit **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id, workspace, path" COLUMNS
	    " WHERE patch_id = :patch_id ORDER BY path, id");

	stmt_bind_str(s, ":patch_id", patch_id);
	return rows_read(s, a, out, n, e);
}
