#include "ledger/log_query.h"

#include <stddef.h>

#define EVENT_COLUMNS "e.seq, e.type, e.ts_ms, e.payload, e.patch_id"

static const struct str *
text_of(const void *base, size_t at)
{
	return (const struct str *)(const void *)((const char *)base + at);
}

static int
rows_read(struct stmt *s, struct arena *a, struct patch_event **out, size_t *n,
    struct err *e)
{
	struct patch_event *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		struct event ev = { .seq = stmt_int(s, 0),
		    .type = event_type_of(stmt_str(s, 1)),
		    .ts_ms = stmt_int(s, 2), .payload = stmt_str(s, 3) };

		rows = rows_room(a, rows, *n, sizeof(*rows));
		if (patch_event_unpack(a, &ev, &rows[*n], e) != 0) {
			stmt_reset(s);
			return -1;
		}
		rows[(*n)++].patch_id = stmt_copy(s, a, 4);
	}
	*out = rows;
	return rc;
}

int
log_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " EVENT_COLUMNS " FROM event AS e"
	    " JOIN patch_log AS p ON p.id = e.seq"
	    " WHERE e.patch_id = :patch_id ORDER BY e.seq");

	stmt_bind_str(s, ":patch_id", patch_id);
	return rows_read(s, a, out, n, e);
}

int
log_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " EVENT_COLUMNS " FROM event AS e"
	    " JOIN patch_log AS p ON p.id = e.seq"
	    " WHERE e.batch_id = :batch_id ORDER BY e.seq");

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
	Q(task_id, "e.task_id = :task_id"),
	Q(order_id, "e.order_id = :order_id"),
	Q(requester, "e.requester = :requester"),
	Q(phase, "h.text = :phase"),
	Q(op, "e.op = :op"),
	Q(workspace, "e.workspace = :workspace"),
	Q(batch_id, "e.batch_id = :batch_id"),
	Q(patch_id, "e.patch_id = :patch_id"),
	/* Of an operation on several files the row has the first. */
	Q(file, "(instr(lower(e.file), lower(:file)) > 0"
	    " OR (e.op IN ('unified-diff', 'apply-patch', 'move', 'revert')"
	    " AND EXISTS (SELECT 1 FROM file_edit AS f"
	    " WHERE f.patch_id = e.patch_id"
	    " AND instr(lower(f.path), lower(:file)) > 0)))"),
	/* instr() and lower() of NULL are NULL, which OR takes for no.  The
	 * values of meta are compared unescaped, hence json_tree(). */
	Q(search, "(instr(lower(e.file), lower(:search)) > 0"
	    " OR instr(lower(e.op), lower(:search)) > 0"
	    " OR instr(lower(e.requester), lower(:search)) > 0"
	    " OR instr(lower(r.text), lower(:search)) > 0"
	    " OR instr(lower(x.text), lower(:search)) > 0"
	    " OR (p.flags & 1 AND EXISTS"
	    " (SELECT 1 FROM json_tree(e.payload, '$.meta') AS m WHERE m.type IN ('text', 'integer', 'real')"
	    " AND instr(lower(m.atom), lower(:search)) > 0)))"),
#undef Q
};

static void
where_add(struct buf *sql, const struct log_query *q)
{
	buf_adds(sql, " FROM patch_log AS p JOIN event AS e"
	    " ON e.seq = p.id LEFT JOIN term AS s ON s.id = p.status"
	    " LEFT JOIN term AS r ON r.id = p.reason"
	    " LEFT JOIN term AS h ON h.id = p.phase"
	    " LEFT JOIN term AS x ON x.id = p.error WHERE p.id <= :snapshot");
	for (size_t i = 0; i < countof(filters); i++)
		if (text_of(q, filters[i].at)->p)
			buf_adds(sql, filters[i].where);
	if (q->type != EVENT_NONE)
		buf_adds(sql, " AND e.type = :type");
	if (q->status != LOG_STATUS_ANY)
		buf_adds(sql, " AND s.text = :status");
	if (q->from_ms >= 0)
		buf_adds(sql, " AND p.created_at >= :from_ms");
	if (q->to_ms >= 0)
		buf_adds(sql, " AND p.created_at < :to_ms");
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

	buf_adds(&sql, "SELECT " EVENT_COLUMNS);
	where_add(&sql, q);
	if (q->after_seq)
		buf_adds(&sql, ascending ? " AND p.id > :after" :
		    " AND p.id < :after");
	buf_adds(&sql, ascending ? " ORDER BY p.id" : " ORDER BY p.id DESC");
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
log_query_page(struct db *db, struct arena *a, const struct log_query *q,
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
		    " FROM patch_log"), &out->snapshot_seq, e);
	if (rc == 0)
		rc = page_read(db, a, q, out, e);
	if (rc == 0 && q->count == LOG_COUNT_EXACT)
		rc = total_read(db, q, out, e);
	if (own)
		db_read_end(db);
	return rc;
}
