#include "store/patch_custody.h"

int
patch_custody_insert(struct db *db, const struct event *ev, struct str factory,
    struct str message, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_custody (id, patch_id,"
	    " factory, event_type, message, ts, order_id, task_id) VALUES"
	    " (:id, :patch_id, :factory, :event_type, :message, :ts,"
	    " :order_id, :task_id)");

	stmt_bind_int(s, ":id", ev->seq);
	stmt_bind_str(s, ":patch_id", ev->patch_id);
	stmt_bind_str(s, ":factory", factory);
	stmt_bind_str(s, ":event_type", str(event_name(ev->type)));
	stmt_bind_str(s, ":message", message);
	stmt_bind_int(s, ":ts", ev->ts_ms);
	stmt_bind_str(s, ":order_id", ev->order_id);
	stmt_bind_str(s, ":task_id", ev->task_id);
	return stmt_run(s, e);
}
