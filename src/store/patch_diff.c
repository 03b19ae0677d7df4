#include "store/patch_diff.h"

int
patch_diff_put(struct db *db, struct str patch_id, struct str diff,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_diff (patch_id, diff)"
	    " VALUES (:patch_id, :diff) ON CONFLICT (patch_id)"
	    " DO UPDATE SET diff = excluded.diff");

	stmt_bind_str(s, ":patch_id", patch_id);
	stmt_bind_blob(s, ":diff", diff.p ? diff : STR(""));
	return stmt_run(s, e);
}

int
patch_diff_drop(struct db *db, struct str patch_id, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM patch_diff"
	    " WHERE patch_id = :patch_id");

	stmt_bind_str(s, ":patch_id", patch_id);
	return stmt_run(s, e);
}

int
patch_diff_get(struct db *db, struct arena *a, struct str patch_id,
    struct str *diff, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT diff FROM patch_diff"
	    " WHERE patch_id = :patch_id");
	int rc;

	stmt_bind_str(s, ":patch_id", patch_id);
	rc = stmt_step(s, e);
	if (rc > 0)
		*diff = stmt_copy(s, a, 0);
	stmt_reset(s);
	return rc;
}
