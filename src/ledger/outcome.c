#include "ledger/outcome.h"

enum outcome_kind
outcome_of(const struct patch_event *p, bool foreign)
{
	switch (p->type) {
	case EVENT_PATCH_APPLIED:
		return foreign && p->ts_check_ok == TRI_FALSE ?
		    OUTCOME_FAILED : OUTCOME_OK;
	case EVENT_PATCH_FAILED:
		/* a revert that failed says nothing of any patch */
		return p->reverts.p ? OUTCOME_NONE : OUTCOME_FAILED;
	case EVENT_PATCH_REVERTED:
		return OUTCOME_REVERTED;
	default:
		return OUTCOME_NONE;
	}
}

static int64_t
known_or(struct stmt *s, int column)
{
	return stmt_is_null(s, column) ? -1 : stmt_int(s, column);
}

struct outcome
outcome_read(struct stmt *s)
{
	return (struct outcome){
		.created_ms = stmt_int(s, 0), .id = stmt_int(s, 1),
		.kind = stmt_int(s, 2), .op = stmt_int(s, 3),
		.phase = stmt_int(s, 4), .requester = stmt_int(s, 5),
		.workspace = stmt_int(s, 6), .order = stmt_int(s, 7),
		.task = stmt_int(s, 8), .file = stmt_int(s, 9),
		.error = stmt_int(s, 10), .duration_ms = known_or(s, 11),
		.lines_added = known_or(s, 12),
		.lines_removed = known_or(s, 13),
	};
}

static int
row_insert(struct db *db, const struct outcome *o, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_outcome (created_at,"
	    " id, outcome, op, phase, requester, workspace, \"order\", task,"
	    " file, error, duration_ms, lines_added, lines_removed) VALUES"
	    " (:created_at, :id, :outcome, :op, :phase, :requester,"
	    " :workspace, :order, :task, :file, :error, :duration_ms,"
	    " :lines_added, :lines_removed)");

	stmt_bind_int(s, ":created_at", o->created_ms);
	stmt_bind_int(s, ":id", o->id);
	stmt_bind_int(s, ":outcome", o->kind);
	stmt_bind_int(s, ":op", o->op);
	stmt_bind_int(s, ":phase", o->phase);
	stmt_bind_int(s, ":requester", o->requester);
	stmt_bind_int(s, ":workspace", o->workspace);
	stmt_bind_int(s, ":order", o->order);
	stmt_bind_int(s, ":task", o->task);
	stmt_bind_int(s, ":file", o->file);
	stmt_bind_int(s, ":error", o->error);
	if (o->duration_ms >= 0)
		stmt_bind_int(s, ":duration_ms", o->duration_ms);
	if (o->lines_added >= 0)
		stmt_bind_int(s, ":lines_added", o->lines_added);
	if (o->lines_removed >= 0)
		stmt_bind_int(s, ":lines_removed", o->lines_removed);
	return stmt_run(s, e);
}

static int
row_drop(struct db *db, const struct outcome *o, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM patch_outcome"
	    " WHERE created_at = :created_at AND id = :id");

	stmt_bind_int(s, ":created_at", o->created_ms);
	stmt_bind_int(s, ":id", o->id);
	return stmt_run(s, e);
}

int
outcome_get(struct db *db, int64_t created_ms, int64_t id,
    struct outcome *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " OUTCOME_COLUMNS
	    " FROM patch_outcome AS o WHERE o.created_at = :created_at"
	    " AND o.id = :id");
	int rc;

	stmt_bind_int(s, ":created_at", created_ms);
	stmt_bind_int(s, ":id", id);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = outcome_read(s);
	stmt_reset(s);
	return rc;
}

/* The outcome that o takes the place of: 1 and *before, 0, -1.  Being taken
 * back stands beside having been applied. */
static int
before_find(struct db *db, const struct outcome *o, struct str patch_id,
    struct outcome *before, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " OUTCOME_COLUMNS
	    " FROM event AS e CROSS JOIN patch_outcome AS o"
	    " ON o.created_at = e.ts_ms AND o.id = e.seq"
	    " WHERE e.patch_id = :patch_id AND e.seq < :id"
	    " AND (o.outcome = 3) = :reverted");
	int rc;

	stmt_bind_str(s, ":patch_id", patch_id);
	stmt_bind_int(s, ":id", o->id);
	stmt_bind_int(s, ":reverted", o->kind == OUTCOME_REVERTED);
	rc = stmt_step(s, e);
	if (rc > 0)
		*before = outcome_read(s);
	stmt_reset(s);
	return rc;
}

static int
duration_find(struct db *db, struct outcome *o, struct str patch_id,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT ts_ms FROM event"
	    " WHERE patch_id = :patch_id AND seq < :id"
	    " AND type = 'patch_requested' ORDER BY seq LIMIT 1");
	int rc;

	stmt_bind_str(s, ":patch_id", patch_id);
	stmt_bind_int(s, ":id", o->id);
	rc = stmt_step(s, e);
	if (rc > 0 && stmt_int(s, 0) <= o->created_ms)
		o->duration_ms = o->created_ms - stmt_int(s, 0);
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}

int
outcome_put(struct db *db, struct tally *t, struct outcome *o,
    struct str patch_id, struct err *e)
{
	struct outcome before;
	int rc = before_find(db, o, patch_id, &before, e);

	if (rc < 0 || (rc > 0 && row_drop(db, &before, e) != 0))
		return -1;
	if (rc > 0)
		tally_outcome(t, &before, -1);
	if (o->duration_ms < 0 && o->kind == OUTCOME_OK &&
	    duration_find(db, o, patch_id, e) != 0)
		return -1;
	if (row_insert(db, o, e) != 0)
		return -1;
	tally_outcome(t, o, 1);
	return 0;
}
