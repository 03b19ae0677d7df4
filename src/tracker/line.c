#include "tracker/line.h"

static struct str
key_bytes(const struct sha256 *key)
{
	return str_n((const char *)key->b, sizeof(key->b));
}

int
line_known(struct db *db, enum line_kind kind, const struct sha256 *key,
    struct err *e)
{
	struct stmt *s = kind == LINE_WORKER ?
	    db_stmt(db, "SELECT 1 FROM worker_logs WHERE line_key = :key") :
	    db_stmt(db, "SELECT 1 FROM build_logs WHERE line_key = :key");
	int rc;

	stmt_bind_blob(s, ":key", key_bytes(key));
	rc = stmt_step(s, e);
	stmt_reset(s);
	return rc;
}

int
line_insert(struct db *db, const struct log_line *l, const struct sha256 *key,
    int64_t issue_id, struct err *e)
{
	struct stmt *s;

	if (l->kind == LINE_WORKER) {
		s = db_stmt(db, "INSERT INTO worker_logs (source, worker,"
		    " level, message, meta, ts, line_key, issue_id) VALUES"
		    " (:source, coalesce(:worker, ''), :level, :message,"
		    " :meta, :ts, :key, nullif(:issue, 0))");
		stmt_bind_str(s, ":worker", l->worker);
	} else {
		s = db_stmt(db, "INSERT INTO build_logs (source, repo, run_id,"
		    " workflow, job, step, level, message, meta, ts,"
		    " line_key, issue_id) VALUES (:source,"
		    " coalesce(:repo, ''), coalesce(:run_id, ''), :workflow,"
		    " :job, :step, :level, :message, :meta, :ts, :key,"
		    " nullif(:issue, 0))");
		stmt_bind_str(s, ":repo", l->repo);
		stmt_bind_str(s, ":run_id", l->run_id);
		stmt_bind_str(s, ":workflow", l->workflow);
		stmt_bind_str(s, ":job", l->job);
		stmt_bind_str(s, ":step", l->step);
	}
	stmt_bind_str(s, ":source", l->source);
	stmt_bind_str(s, ":level", str(line_levels[l->level]));
	stmt_bind_str(s, ":message", l->message);
	stmt_bind_str(s, ":meta", l->meta);
	stmt_bind_int(s, ":ts", l->ts);
	stmt_bind_blob(s, ":key", key_bytes(key));
	stmt_bind_int(s, ":issue", issue_id);
	return stmt_run(s, e);
}

static void
row_read(struct stmt *s, struct arena *a, enum line_kind kind,
    struct log_line *l)
{
	enum line_level level = LINE_INFO;

	line_level_parse(stmt_str(s, 1), &level);
	*l = (struct log_line){ .kind = kind, .source = stmt_copy(s, a, 0),
	    .level = level, .message = stmt_copy(s, a, 2),
	    .meta = stmt_copy(s, a, 3), .ts = stmt_int(s, 4) };
	if (kind == LINE_WORKER) {
		l->worker = stmt_copy(s, a, 5);
		return;
	}
	l->repo = stmt_copy(s, a, 5);
	l->run_id = stmt_copy(s, a, 6);
	l->workflow = stmt_copy(s, a, 7);
	l->job = stmt_copy(s, a, 8);
	l->step = stmt_copy(s, a, 9);
}

int
line_of_issue(struct db *db, struct arena *a, enum line_kind kind,
    int64_t issue_id, size_t max, struct log_line **out, size_t *n,
    struct err *e)
{
	struct stmt *s = kind == LINE_WORKER ?
	    db_stmt(db, "SELECT source, level, message, meta, ts, worker"
	    " FROM worker_logs WHERE issue_id = :issue"
	    " ORDER BY id DESC LIMIT :max") :
	    db_stmt(db, "SELECT source, level, message, meta, ts, repo,"
	    " run_id, workflow, job, step FROM build_logs"
	    " WHERE issue_id = :issue ORDER BY id DESC LIMIT :max");
	struct log_line *rows = NULL;
	int rc;

	stmt_bind_int(s, ":issue", issue_id);
	stmt_bind_int(s, ":max", (int64_t)max);
	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		row_read(s, a, kind, &rows[(*n)++]);
	}
	stmt_reset(s);
	*out = rows;
	return rc;
}
