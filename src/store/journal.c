#include "store/journal.h"

#include "base/clock.h"
#include "store/db_private.h"

static const char *const states[BATCH__MAX] = {
	[BATCH_OPEN] = "open",
	[BATCH_APPLIED] = "applied",
	[BATCH_FAILED] = "failed",
	[BATCH_ROLLED_BACK] = "rolled_back",
};

static enum batch_state
state_of(struct str name)
{
	for (int i = 0; i < BATCH__MAX; i++)
		if (str_is(name, states[i]))
			return (enum batch_state)i;
	return BATCH__MAX;
}

int
journal_batch_insert(struct db *db, const struct batch_row *b, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_batch (id, workspace,"
	    " order_id, requester, ops, state, created_at, closed_at) VALUES"
	    " (:id, :workspace, :order_id, :requester, :ops, :state,"
	    " :created_at, :closed_at)");

	stmt_bind_str(s, ":id", b->id);
	stmt_bind_str(s, ":workspace", b->workspace);
	stmt_bind_str(s, ":order_id", b->order_id);
	stmt_bind_str(s, ":requester", b->requester);
	stmt_bind_int(s, ":ops", b->ops);
	stmt_bind_str(s, ":state", str(states[b->state]));
	stmt_bind_int(s, ":created_at", b->created_ms);
	if (b->state != BATCH_OPEN)
		stmt_bind_int(s, ":closed_at", b->created_ms);
	return stmt_run(s, e);
}

int
journal_file_insert(struct db *db, struct str batch_id,
    const struct journal_row *f, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO journal_file (batch_id, n,"
	    " action, path, staged, before_sha256, after_sha256, mode) VALUES"
	    " (:batch_id, :n, :action, :path, :staged, :before_sha256,"
	    " :after_sha256, :mode)");

	stmt_bind_str(s, ":batch_id", batch_id);
	stmt_bind_int(s, ":n", f->n);
	stmt_bind_str(s, ":action", f->action);
	stmt_bind_str(s, ":path", f->path);
	stmt_bind_str(s, ":staged", f->staged);
	stmt_bind_str(s, ":before_sha256", f->before_sha256);
	stmt_bind_str(s, ":after_sha256", f->after_sha256);
	if (f->mode >= 0)
		stmt_bind_int(s, ":mode", f->mode);
	return stmt_run(s, e);
}

int
journal_event_insert(struct db *db, struct str batch_id, int64_t n,
    const struct event *ev, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO journal_event (batch_id, n,"
	    " type, ts_ms, payload, patch_id, order_id, task_id, requester,"
	    " workspace, file, op) VALUES (:batch_id, :n, :type, :ts_ms,"
	    " :payload, :patch_id, :order_id, :task_id, :requester,"
	    " :workspace, :file, :op)");

	stmt_bind_str(s, ":batch_id", batch_id);
	stmt_bind_int(s, ":n", n);
	stmt_bind_str(s, ":type", str(event_name(ev->type)));
	stmt_bind_int(s, ":ts_ms", ev->ts_ms);
	stmt_bind_str(s, ":payload", ev->payload);
	stmt_bind_str(s, ":patch_id", ev->patch_id);
	stmt_bind_str(s, ":order_id", ev->order_id);
	stmt_bind_str(s, ":task_id", ev->task_id);
	stmt_bind_str(s, ":requester", ev->requester);
	stmt_bind_str(s, ":workspace", ev->workspace);
	stmt_bind_str(s, ":file", ev->file);
	stmt_bind_str(s, ":op", ev->op);
	return stmt_run(s, e);
}

int
journal_batch_get(struct db *db, struct arena *a, struct str batch_id,
    struct batch_row *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id, workspace, order_id,"
	    " requester, ops, created_at, state FROM patch_batch"
	    " WHERE id = :id");
	int rc;

	stmt_bind_str(s, ":id", batch_id);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = (struct batch_row){
			.id = stmt_copy(s, a, 0),
			.workspace = stmt_copy(s, a, 1),
			.order_id = stmt_copy(s, a, 2),
			.requester = stmt_copy(s, a, 3),
			.ops = stmt_int(s, 4),
			.created_ms = stmt_int(s, 5),
			.state = state_of(stmt_str(s, 6)),
		};
	stmt_reset(s);
	return rc;
}

int
journal_open_list(struct db *db, struct arena *a, struct str workspace,
    struct str **ids, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id FROM patch_batch"
	    " WHERE state = 'open' AND workspace = :workspace"
	    " ORDER BY created_at, id");
	struct str *rows = NULL;
	int rc;

	*n = 0;
	stmt_bind_str(s, ":workspace", workspace);
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = stmt_copy(s, a, 0);
	}
	*ids = rows;
	return rc;
}

int
journal_files(struct db *db, struct arena *a, struct str batch_id,
    struct journal_row **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT n, action, path, staged,"
	    " before_sha256, after_sha256, mode FROM journal_file"
	    " WHERE batch_id = :batch_id ORDER BY n");
	struct journal_row *rows = NULL;
	int rc;

	*n = 0;
	stmt_bind_str(s, ":batch_id", batch_id);
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = (struct journal_row){
			.n = stmt_int(s, 0),
			.action = stmt_copy(s, a, 1),
			.path = stmt_copy(s, a, 2),
			.staged = stmt_copy(s, a, 3),
			.before_sha256 = stmt_copy(s, a, 4),
			.after_sha256 = stmt_copy(s, a, 5),
			.mode = stmt_is_null(s, 6) ? -1 : stmt_int(s, 6),
		};
	}
	*out = rows;
	return rc;
}

int
journal_events(struct db *db, struct arena *a, struct str batch_id,
    struct event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT type, ts_ms, payload, batch_id,"
	    " patch_id, order_id, task_id, requester, workspace, file, op"
	    " FROM journal_event WHERE batch_id = :batch_id ORDER BY n");
	struct event *rows = NULL;
	int rc;

	*n = 0;
	stmt_bind_str(s, ":batch_id", batch_id);
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = (struct event){
			.type = event_type_of(stmt_str(s, 0)),
			.ts_ms = stmt_int(s, 1),
			.payload = stmt_copy(s, a, 2),
			.batch_id = stmt_copy(s, a, 3),
			.patch_id = stmt_copy(s, a, 4),
			.order_id = stmt_copy(s, a, 5),
			.task_id = stmt_copy(s, a, 6),
			.requester = stmt_copy(s, a, 7),
			.workspace = stmt_copy(s, a, 8),
			.file = stmt_copy(s, a, 9),
			.op = stmt_copy(s, a, 10),
		};
	}
	*out = rows;
	return rc;
}

static int
rows_drop(struct stmt *s, struct str batch_id, struct err *e)
{
	stmt_bind_str(s, ":batch_id", batch_id);
	return stmt_run(s, e);
}

int
journal_close(struct db *db, struct str batch_id, enum batch_state state,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE patch_batch SET state = :state,"
	    " closed_at = :now WHERE id = :id AND state = 'open'");

	stmt_bind_str(s, ":state", str(states[state]));
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_str(s, ":id", batch_id);
	if (stmt_run(s, e) != 0)
		return -1;
	if (db_changes(db) == 0)
		return err_set(e, ERR_NOT_FOUND, "no batch %.*s is open",
		    STR_ARG(batch_id));
	if (rows_drop(db_stmt(db, "DELETE FROM journal_file"
	    " WHERE batch_id = :batch_id"), batch_id, e) != 0)
		return -1;
	return rows_drop(db_stmt(db, "DELETE FROM journal_event"
	    " WHERE batch_id = :batch_id"), batch_id, e);
}
