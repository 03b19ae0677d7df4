#include "store/patch_event_store.h"

#include <stddef.h>

#include "store/db_private.h"

#define COLUMNS "id, type, created_at, patch_id, batch_id, order_id, task_id," \
	" file_path, op, status, requester, reason, branch, phase, workspace," \
	" factory, model, ts_check_ok, diff_path, meta, code, error, at," \
	" before_sha256, after_sha256, lines_added, lines_removed, shift," \
	" duration_ms, revert_id, reverts"

/* What is a struct str: parameter, member, place in COLUMNS. */
static const struct {
	const char *param;
	size_t at;
	int column;
} texts[] = {
#define T(param, member, column) \
	{ ":" param, offsetof(struct patch_event, member), column }
	T("patch_id", patch_id, 3),
	T("batch_id", batch_id, 4),
	T("order_id", order_id, 5),
	T("task_id", task_id, 6),
	T("file_path", file, 7),
	T("op", op, 8),
	T("status", status, 9),
	T("requester", requester, 10),
	T("reason", reason, 11),
	T("branch", branch, 12),
	T("phase", phase, 13),
	T("workspace", workspace, 14),
	T("factory", factory, 15),
	T("model", model, 16),
	T("diff_path", diff_path, 18),
	T("meta", meta, 19),
	T("code", code, 20),
	T("error", error, 21),
	T("at", at, 22),
	T("before_sha256", before_sha256, 23),
	T("after_sha256", after_sha256, 24),
	T("revert_id", revert_id, 29),
	T("reverts", reverts, 30),
#undef T
};

/* Integers, of which one means none and is kept as NULL. */
static const struct {
	const char *param;
	size_t at;
	int column;
	int64_t none;
} numbers[] = {
#define N(param, member, column, none) \
	{ ":" param, offsetof(struct patch_event, member), column, none }
	N("ts_check_ok", ts_check_ok, 17, -1),
	N("lines_added", lines_added, 25, -1),
	N("lines_removed", lines_removed, 26, -1),
	N("shift", shift, 27, SHIFT_NONE),
	N("duration_ms", duration_ms, 28, -1),
#undef N
};

static const struct str *
text_of(const void *base, size_t at)
{
	return (const struct str *)(const void *)((const char *)base + at);
}

int
patch_event_insert(struct db *db, const struct patch_event *p, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO patch_events (" COLUMNS ")"
	    " VALUES (:id, :type, :created_at, :patch_id, :batch_id,"
	    " :order_id, :task_id, :file_path, :op, :status, :requester,"
	    " :reason, :branch, :phase, :workspace, :factory, :model,"
	    " :ts_check_ok, :diff_path, :meta, :code, :error, :at,"
	    " :before_sha256, :after_sha256, :lines_added, :lines_removed,"
	    " :shift, :duration_ms, :revert_id, :reverts)");

	stmt_bind_int(s, ":id", p->seq);
	stmt_bind_str(s, ":type", str(event_name(p->type)));
	stmt_bind_int(s, ":created_at", p->ts_ms);
	for (size_t i = 0; i < countof(texts); i++)
		stmt_bind_str(s, texts[i].param, *text_of(p, texts[i].at));
	for (size_t i = 0; i < countof(numbers); i++) {
		int64_t v;

		memcpy(&v, (const char *)p + numbers[i].at, sizeof(v));
		if (v == numbers[i].none)
			stmt_bind_null(s, numbers[i].param);
		else
			stmt_bind_int(s, numbers[i].param, v);
	}
	return stmt_run(s, e);
}

static struct patch_event
row_read(struct stmt *s, struct arena *a)
{
	struct patch_event p = {
		.seq = stmt_int(s, 0),
		.type = event_type_of(stmt_str(s, 1)),
		.ts_ms = stmt_int(s, 2),
	};

	for (size_t i = 0; i < countof(texts); i++) {
		struct str v = stmt_copy(s, a, texts[i].column);

		memcpy((char *)&p + texts[i].at, &v, sizeof(v));
	}
	for (size_t i = 0; i < countof(numbers); i++) {
		int64_t v = stmt_is_null(s, numbers[i].column) ?
		    numbers[i].none : stmt_int(s, numbers[i].column);

		memcpy((char *)&p + numbers[i].at, &v, sizeof(v));
	}
	return p;
}

static int
rows_read(struct stmt *s, struct arena *a, struct patch_event **out, size_t *n,
    struct err *e)
{
	struct patch_event *rows = NULL;
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
patch_event_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM patch_events"
	    " WHERE patch_id = :patch_id ORDER BY id");

	stmt_bind_str(s, ":patch_id", patch_id);
	return rows_read(s, a, out, n, e);
}

int
patch_event_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM patch_events"
	    " WHERE batch_id = :batch_id ORDER BY id");

	stmt_bind_str(s, ":batch_id", batch_id);
	return rows_read(s, a, out, n, e);
}

/* A filter is part of the statement when its text is there. */
static const struct {
	const char *param, *where;
	size_t at;
} filters[] = {
#define Q(member, where) \
	{ ":" #member, " AND " where, offsetof(struct log_query, member) }
	Q(task_id, "task_id = :task_id"),
	Q(order_id, "order_id = :order_id"),
	Q(requester, "requester = :requester"),
	Q(phase, "phase = :phase"),
	Q(op, "op = :op"),
	Q(workspace, "workspace = :workspace"),
	Q(batch_id, "batch_id = :batch_id"),
	Q(patch_id, "patch_id = :patch_id"),
	/* Of an operation on several files the row has the first. */
	Q(file, "(instr(lower(file_path), lower(:file)) > 0"
	    " OR (op IN ('unified-diff', 'apply-patch', 'move', 'revert')"
	    " AND EXISTS (SELECT 1 FROM file_edit AS f"
	    " WHERE f.patch_id = patch_events.patch_id"
	    " AND instr(lower(f.path), lower(:file)) > 0)))"),
	/* instr() and lower() of NULL are NULL, which OR takes for no.  The
	 * values of meta are compared unescaped, hence json_tree(). */
	Q(search, "(instr(lower(file_path), lower(:search)) > 0"
	    " OR instr(lower(op), lower(:search)) > 0"
	    " OR instr(lower(requester), lower(:search)) > 0"
	    " OR instr(lower(reason), lower(:search)) > 0"
	    " OR instr(lower(error), lower(:search)) > 0"
	    " OR (length(meta) > 2 AND json_valid(meta) AND EXISTS"
	    " (SELECT 1 FROM json_tree(meta) AS m WHERE m.type IN ('text', 'integer', 'real')"
	    " AND instr(lower(m.atom), lower(:search)) > 0)))"),
#undef Q
};

static void
where_add(struct buf *sql, const struct log_query *q)
{
	buf_adds(sql, " FROM patch_events WHERE id <= :snapshot");
	for (size_t i = 0; i < countof(filters); i++)
		if (text_of(q, filters[i].at)->p)
			buf_adds(sql, filters[i].where);
	if (q->type != EVENT_NONE)
		buf_adds(sql, " AND type = :type");
	if (q->status != LOG_STATUS_ANY)
		buf_adds(sql, " AND status = :status");
	if (q->from_ms >= 0)
		buf_adds(sql, " AND created_at >= :from_ms");
	if (q->to_ms >= 0)
		buf_adds(sql, " AND created_at < :to_ms");
}

static void
where_bind(struct stmt *s, const struct log_query *q, int64_t snapshot)
{
	stmt_bind_int(s, ":snapshot", snapshot);
	for (size_t i = 0; i < countof(filters); i++) {
		struct str v = *text_of(q, filters[i].at);

		if (v.p)
			stmt_bind_str(s, filters[i].param, v);
	}
	if (q->type != EVENT_NONE)
		stmt_bind_str(s, ":type",
		    str(event_name((enum event_type)q->type)));
	if (q->status != LOG_STATUS_ANY)
		stmt_bind_str(s, ":status", str(log_statuses[q->status]));
	if (q->from_ms >= 0)
		stmt_bind_int(s, ":from_ms", q->from_ms);
	if (q->to_ms >= 0)
		stmt_bind_int(s, ":to_ms", q->to_ms);
}

static int
page_read(struct db *db, struct arena *a, const struct log_query *q,
    struct log_page *out, struct err *e)
{
	struct buf sql = BUF_INIT(KIB(8));
	bool ascending = q->order == LOG_ASC;
	struct stmt *s;
	int rc;

	buf_adds(&sql, "SELECT " COLUMNS);
	where_add(&sql, q);
	if (q->after_seq)
		buf_adds(&sql, ascending ? " AND id > :after" :
		    " AND id < :after");
	buf_adds(&sql, ascending ? " ORDER BY id" : " ORDER BY id DESC");
	buf_adds(&sql, " LIMIT :limit OFFSET :offset");
	rc = buf_check(&sql, "a statement", e);
	if (rc != 0)
		goto out;
	s = db_stmt_text(db, buf_str(&sql));
	where_bind(s, q, out->snapshot_seq);
	if (q->after_seq)
		stmt_bind_int(s, ":after", q->after_seq);
	/* one more than wanted tells whether there are more */
	stmt_bind_int(s, ":limit", q->limit + 1);
	stmt_bind_int(s, ":offset", q->offset);
	rc = rows_read(s, a, &out->rows, &out->n, e);
	if (rc == 0 && out->n > (size_t)q->limit) {
		out->n = (size_t)q->limit;
		out->has_more = true;
	}
out:
	buf_free(&sql);
	return rc;
}

static int
total_read(struct db *db, const struct log_query *q, struct log_page *out,
    struct err *e)
{
	struct buf sql = BUF_INIT(KIB(8));
	struct stmt *s;
	int rc;

	buf_adds(&sql, "SELECT count(*)");
	where_add(&sql, q);
	rc = buf_check(&sql, "a statement", e);
	if (rc == 0) {
		s = db_stmt_text(db, buf_str(&sql));
		where_bind(s, q, out->snapshot_seq);
		rc = stmt_one_int(s, &out->total, e);
	}
	buf_free(&sql);
	return rc;
}

int
patch_event_query(struct db *db, struct arena *a, const struct log_query *q,
    struct log_page *out, struct err *e)
{
	bool own = !db_in_transaction(db);
	int rc = 0;

	*out = (struct log_page){ .total = -1,
	    .snapshot_seq = q->snapshot_seq };
	if (q->limit < 0 || q->limit > PAGE_MAX_ROWS || q->offset < 0)
		return err_set(e, ERR_BAD_QUERY, "limit is 0 to %d, offset not"
		    " negative", PAGE_MAX_ROWS);
	if (own && db_read_begin(db, e) != 0)
		return -1;
	if (out->snapshot_seq == 0)
		rc = stmt_one_int(db_stmt(db, "SELECT coalesce(max(id), 0)"
		    " FROM patch_events"), &out->snapshot_seq, e);
	if (rc == 0)
		rc = page_read(db, a, q, out, e);
	if (rc == 0 && q->count == LOG_COUNT_EXACT)
		rc = total_read(db, q, out, e);
	if (own)
		db_read_end(db);
	return rc;
}
