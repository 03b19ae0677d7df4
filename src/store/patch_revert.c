#include "store/patch_revert.h"

#include "store/db_private.h"

int
patch_revert_insert(struct db *db, const struct patch_revert *r, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_revert (patch_id,"
	    " revert_id, batch_id, reverted_at) VALUES (:patch_id,"
	    " :revert_id, :batch_id, :reverted_at)");

	stmt_bind_str(s, ":patch_id", r->patch_id);
	stmt_bind_str(s, ":revert_id", r->revert_id);
	stmt_bind_str(s, ":batch_id", r->batch_id);
	stmt_bind_int(s, ":reverted_at", r->reverted_ms);
	return stmt_run(s, e);
}

int
patch_revert_drop(struct db *db, struct str patch_id, struct str revert_id,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM patch_revert"
	    " WHERE patch_id = :patch_id AND revert_id = :revert_id");

	stmt_bind_str(s, ":patch_id", patch_id);
	stmt_bind_str(s, ":revert_id", revert_id);
	return stmt_run(s, e);
}

#define WANTED "SELECT f.patch_id, f.workspace, r.batch_id, r.reverted_at," \
	" max(f.id) AS last FROM "
#define REVERTED " LEFT JOIN patch_revert AS r ON r.patch_id = f.patch_id"
#define NEWEST_FIRST " GROUP BY f.patch_id ORDER BY last DESC LIMIT :max"
/* The log's rows with a term (its number; src/ledger/term.h) are in the blocks
 * that are posted for it.  What producers elsewhere applied has no rows in
 * file_edit. */
#define OF_LOG(field, same) WANTED "term AS t" \
	" CROSS JOIN posting AS b ON b.term = t.id" \
	" CROSS JOIN patch_log AS l ON l.id BETWEEN b.block * 256" \
	" AND b.block * 256 + 255 AND l." same " = t.id" \
	" CROSS JOIN event AS p ON p.seq = l.id" \
	" CROSS JOIN file_edit AS f" \
	" ON f.patch_id = p.patch_id AND f.batch_id = p.batch_id" \
	" AND f.workspace = p.workspace" REVERTED \
	" WHERE t.field = " field " AND t.text = :id" \
	" AND p.type = 'patch_applied' AND p.workspace = :workspace"

static const char *const choices[REVERT_BY__MAX] = {
	[REVERT_PATCH] = WANTED "file_edit AS f" REVERTED
	    " WHERE f.patch_id = :id" NEWEST_FIRST,
	[REVERT_BATCH] = WANTED "file_edit AS f" REVERTED
	    " WHERE f.batch_id = :id" NEWEST_FIRST,
	[REVERT_ORDER] = OF_LOG("9", "\"order\"") NEWEST_FIRST,
	[REVERT_TASK] = OF_LOG("10", "task") NEWEST_FIRST,
	[REVERT_REQUESTER] = OF_LOG("3", "requester")
	    " AND l.created_at >= :since"
	    " AND b.block >= (SELECT min(first_id) / 256 FROM log_day"
	    " WHERE day >= :since / 86400000)" NEWEST_FIRST,
};

int
patch_revert_select(struct db *db, struct arena *a,
    const struct revert_choice *c, size_t max, struct reverted_patch **out,
    size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, choices[c->by]);
	struct reverted_patch *rows = NULL;
	int rc;

	*n = 0;
	stmt_bind_str(s, ":id", c->id);
	stmt_bind_int(s, ":max", (int64_t)max);
	if (c->by > REVERT_BATCH)
		stmt_bind_str(s, ":workspace", c->workspace);
	if (c->by == REVERT_REQUESTER)
		stmt_bind_int(s, ":since", c->since_ms);
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = (struct reverted_patch){
			.patch_id = stmt_copy(s, a, 0),
			.workspace = stmt_copy(s, a, 1),
			.revert_batch = stmt_copy(s, a, 2),
			.reverted_ms = stmt_int(s, 3),
		};
	}
	*out = rows;
	return rc;
}
