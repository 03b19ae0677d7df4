#include "tracker/memory.h"

#include "base/clock.h"

int
delivery_add(struct db *db, struct str id, struct str event,
    int64_t keep_from_ms, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM webhook_delivery"
	    " WHERE came_at < :from");

	stmt_bind_int(s, ":from", keep_from_ms);
	if (stmt_run(s, e) != 0)
		return -1;
	s = db_stmt(db, "INSERT INTO webhook_delivery (id, event, came_at)"
	    " VALUES (:id, :event, :now) ON CONFLICT DO NOTHING");
	stmt_bind_str(s, ":id", id);
	stmt_bind_str(s, ":event", event);
	stmt_bind_int(s, ":now", clock_now_ms());
	return stmt_run(s, e) != 0 ? -1 : db_changes(db) > 0;
}

static struct str
day_of(int64_t now_ms, char text[static CLOCK_TEXT_BYTES])
{
	return str_n(clock_write(now_ms, text).p, 10);
}

int
budget_take(struct db *db, const char *what, int64_t most, int64_t now_ms,
    struct err *e)
{
	char text[CLOCK_TEXT_BYTES];
	struct stmt *s;
	int64_t used;

	if (budget_used(db, what, now_ms, &used, e) != 0)
		return -1;
	if (used >= most)
		return 0;
	s = db_stmt(db, "INSERT INTO ops_budget (day, what, used)"
	    " VALUES (:day, :what, 1) ON CONFLICT (day, what)"
	    " DO UPDATE SET used = used + 1");
	stmt_bind_str(s, ":day", day_of(now_ms, text));
	stmt_bind_str(s, ":what", str(what));
	return stmt_run(s, e) != 0 ? -1 : 1;
}

int
budget_used(struct db *db, const char *what, int64_t now_ms, int64_t *n,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT coalesce(sum(used), 0)"
	    " FROM ops_budget WHERE day = :day AND what = :what");
	char text[CLOCK_TEXT_BYTES];

	stmt_bind_str(s, ":day", day_of(now_ms, text));
	stmt_bind_str(s, ":what", str(what));
	return stmt_one_int(s, n, e);
}

int
model_answer_get(struct db *db, struct arena *a, struct str fingerprint,
    struct str model, struct model_answer *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT analysis, prompt,"
	    " coalesce(severity, -1) FROM model_answer"
	    " WHERE fingerprint = :fingerprint AND model = :model");
	int rc;

	stmt_bind_str(s, ":fingerprint", fingerprint);
	stmt_bind_str(s, ":model", model);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = (struct model_answer){ stmt_copy(s, a, 0),
		    stmt_copy(s, a, 1), stmt_int(s, 2) };
	stmt_reset(s);
	return rc;
}

int
model_answer_put(struct db *db, struct str fingerprint, struct str model,
    const struct model_answer *m, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT OR REPLACE INTO model_answer"
	    " (fingerprint, model, analysis, prompt, severity, made_at)"
	    " VALUES (:fingerprint, :model, :analysis, :prompt,"
	    " nullif(:severity, -1), :now)");

	stmt_bind_str(s, ":fingerprint", fingerprint);
	stmt_bind_str(s, ":model", model);
	stmt_bind_str(s, ":analysis", m->analysis);
	stmt_bind_str(s, ":prompt", m->prompt);
	stmt_bind_int(s, ":severity", m->severity);
	stmt_bind_int(s, ":now", clock_now_ms());
	return stmt_run(s, e);
}

int
gate_row_get(struct db *db, struct arena *a, struct str host,
    struct str credential, struct str *state, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT state FROM remote_gate"
	    " WHERE host = :host AND credential = :credential");
	int rc;

	stmt_bind_str(s, ":host", host);
	stmt_bind_str(s, ":credential", credential);
	rc = stmt_step(s, e);
	if (rc > 0)
		*state = stmt_copy(s, a, 0);
	stmt_reset(s);
	return rc;
}

int
gate_row_put(struct db *db, struct str host, struct str credential,
    struct str state, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT OR REPLACE INTO remote_gate"
	    " (host, credential, state) VALUES (:host, :credential, :state)");

	stmt_bind_str(s, ":host", host);
	stmt_bind_str(s, ":credential", credential);
	stmt_bind_str(s, ":state", state);
	return stmt_run(s, e);
}

int
etag_row_get(struct db *db, struct arena *a, struct str url,
    struct str credential, struct etag_row *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT etag, body, link"
	    " FROM remote_etag WHERE url = :url"
	    " AND credential = :credential");
	int rc;

	stmt_bind_str(s, ":url", url);
	stmt_bind_str(s, ":credential", credential);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = (struct etag_row){ stmt_copy(s, a, 0),
		    stmt_copy(s, a, 1), stmt_copy(s, a, 2) };
	stmt_reset(s);
	return rc;
}

int
etag_row_put(struct db *db, struct str url, struct str credential,
    const struct etag_row *r, int64_t most, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT OR REPLACE INTO remote_etag"
	    " (url, credential, etag, body, link, used_at) VALUES (:url,"
	    " :credential, :etag, :body, :link, :now)");

	stmt_bind_str(s, ":url", url);
	stmt_bind_str(s, ":credential", credential);
	stmt_bind_str(s, ":etag", r->etag);
	stmt_bind_str(s, ":body", r->body);
	stmt_bind_str(s, ":link", r->link);
	stmt_bind_int(s, ":now", clock_now_ms());
	if (stmt_run(s, e) != 0)
		return -1;
	s = db_stmt(db, "DELETE FROM remote_etag WHERE used_at <= ("
	    "SELECT used_at FROM remote_etag ORDER BY used_at DESC"
	    " LIMIT 1 OFFSET :most)");
	stmt_bind_int(s, ":most", most);
	return stmt_run(s, e);
}
