#include "ledger/log_plan.h"

#include <stddef.h>

#define DAY_MS	INT64_C(86400000)

/* What of a query is a term, and the column that has it. */
static const struct {
	enum term_field field;
	size_t at;			/* in struct log_query */
	const char *where, *param;
} equals[LOG_EQUALS - 2] = {
#define EQ(member, FIELD, column, param) { TERM_##FIELD, \
	offsetof(struct log_query, member), " AND p." column " = " param, \
	param }
	EQ(task_id, TASK, "task", ":task"),
	EQ(order_id, ORDER, "\"order\"", ":order"),
	EQ(requester, REQUESTER, "requester", ":requester"),
	EQ(phase, PHASE, "phase", ":phase"),
	EQ(op, OP, "op", ":op"),
	EQ(workspace, WORKSPACE, "workspace", ":workspace"),
#undef EQ
};

/* Behind those of the table. */
enum { EQUAL_TYPE = LOG_EQUALS - 2, EQUAL_STATUS };

static const char *
equal_param(size_t i)
{
	if (i < countof(equals))
		return equals[i].param;
	return i == EQUAL_TYPE ? ":type" : ":status";
}

static const char *
equal_where(size_t i)
{
	if (i < countof(equals))
		return equals[i].where;
	return i == EQUAL_TYPE ? " AND p.type = :type" :
	    " AND p.status = :status";
}

static struct str
text_at(const struct log_query *q, size_t at)
{
	struct str s;

	memcpy(&s, (const char *)q + at, sizeof(s));
	return s;
}

/* 1, 0: no row has it, -1. */
static int
equal_set(struct db *db, struct log_plan *p, size_t i, enum term_field field,
    struct str text, struct err *e)
{
	return text.p ? term_find(db, field, text, &p->equal[i], e) : 1;
}

static int
equals_find(struct db *db, const struct log_query *q, struct log_plan *p,
    struct err *e)
{
	int rc = 1;

	for (size_t i = 0; rc > 0 && i < countof(equals); i++)
		rc = equal_set(db, p, i, equals[i].field,
		    text_at(q, equals[i].at), e);
	if (rc > 0 && q->type != EVENT_NONE)
		rc = equal_set(db, p, EQUAL_TYPE, TERM_TYPE,
		    str(event_name((enum event_type)q->type)), e);
	if (rc > 0 && q->status != LOG_STATUS_ANY)
		rc = equal_set(db, p, EQUAL_STATUS, TERM_STATUS,
		    str(log_statuses[q->status]), e);
	return rc;
}

/* The ids of the days that the range of time touches. */
static int
days_find(struct db *db, struct log_plan *p, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT min(first_id), max(last_id)"
	    " FROM log_day WHERE day BETWEEN :first AND :last");
	int rc;

	/* as tally_row() makes days of times */
	stmt_bind_int(s, ":first", p->from_ms < 0 ? INT64_MIN :
	    p->from_ms / DAY_MS);
	stmt_bind_int(s, ":last", p->to_ms < 0 ? INT64_MAX :
	    (p->to_ms - 1) / DAY_MS);
	rc = stmt_step(s, e);
	if (rc > 0 && !stmt_is_null(s, 0)) {
		if (stmt_int(s, 0) > p->lo)
			p->lo = stmt_int(s, 0);
		if (stmt_int(s, 1) < p->hi)
			p->hi = stmt_int(s, 1);
	} else {
		p->hi = p->lo - 1;
	}
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}

int
log_plan_make(struct db *db, const struct log_query *q, int64_t snapshot,
    struct log_plan *out, struct err *e)
{
	int rc;

	*out = (struct log_plan){ .patch_id = q->patch_id,
	    .batch_id = q->batch_id, .from_ms = q->from_ms,
	    .to_ms = q->to_ms, .lo = 1, .hi = snapshot,
	    .ascending = q->order == LOG_ASC };
	if (out->ascending && q->after_seq >= out->lo)
		out->lo = q->after_seq + 1;
	if (!out->ascending && q->after_seq && q->after_seq <= out->hi)
		out->hi = q->after_seq - 1;
	if (out->lo > out->hi)
		return 0;
	rc = equals_find(db, q, out, e);
	if (rc == 0)
		out->hi = out->lo - 1;
	if (rc <= 0)
		return rc;
	return q->from_ms >= 0 || q->to_ms >= 0 ? days_find(db, out, e) : 0;
}

bool
log_plan_by_event(const struct log_plan *p)
{
	return p->patch_id.p || p->batch_id.p;
}

static void
from_add(const struct log_plan *p, struct buf *sql)
{
	/* a patch has fewer events than a batch; each index has the rowid
	 * behind its key, so that nothing need be sorted */
	if (!log_plan_by_event(p)) {
		buf_adds(sql, " FROM patch_log AS p"
		    " WHERE p.id BETWEEN :lo AND :hi");
		return;
	}
	buf_adds(sql, " FROM event AS e CROSS JOIN patch_log AS p"
	    " ON p.id = e.seq WHERE ");
	if (p->patch_id.p && p->batch_id.p)
		buf_adds(sql, "e.patch_id = :patch_id"
		    " AND +e.batch_id = :batch_id");
	else
		buf_adds(sql, p->patch_id.p ? "e.patch_id = :patch_id" :
		    "e.batch_id = :batch_id");
	buf_adds(sql, " AND e.seq BETWEEN :lo AND :hi");
}

static void
where_add(const struct log_plan *p, struct buf *sql)
{
	from_add(p, sql);
	for (size_t i = 0; i < LOG_EQUALS; i++)
		if (p->equal[i])
			buf_adds(sql, equal_where(i));
	if (p->from_ms >= 0)
		buf_adds(sql, " AND p.created_at >= :from_ms");
	if (p->to_ms >= 0)
		buf_adds(sql, " AND p.created_at < :to_ms");
}

static int
text_end(struct buf *sql, struct arena *a, struct str *out, struct err *e)
{
	int rc = buf_check(sql, "a statement", e);

	*out = arena_str(a, buf_str(sql));
	buf_reset(sql);
	return rc;
}

int
log_plan_texts(const struct log_plan *p, struct arena *a,
    struct log_texts *out, struct err *e)
{
	struct buf sql = BUF_INIT(KIB(8));
	const char *seq = log_plan_by_event(p) ? "e.seq" : "p.id";
	int rc;

	buf_adds(&sql, "SELECT p.id, p.flags, p.file, p.op, p.requester,"
	    " p.reason, p.error");
	where_add(p, &sql);
	buf_addf(&sql, " ORDER BY %s%s", seq, p->ascending ? "" : " DESC");
	rc = text_end(&sql, a, &out->rows, e);
	buf_adds(&sql, "SELECT count(*)");
	where_add(p, &sql);
	if (rc == 0)
		rc = text_end(&sql, a, &out->count, e);
	buf_addf(&sql, "SELECT seq FROM event WHERE %s AND seq BETWEEN :lo"
	    " AND :hi ORDER BY seq%s LIMIT 1 OFFSET :n", p->patch_id.p ?
	    "patch_id = :patch_id" : "batch_id = :batch_id",
	    p->ascending ? "" : " DESC");
	if (rc == 0)
		rc = text_end(&sql, a, &out->further, e);
	buf_free(&sql);
	return rc;
}

struct stmt *
log_plan_stmt(struct db *db, const struct log_plan *p, struct str text,
    int64_t lo, int64_t hi)
{
	struct stmt *s = db_stmt_text(db, text);

	stmt_bind_int(s, ":lo", lo);
	stmt_bind_int(s, ":hi", hi);
	if (p->patch_id.p)
		stmt_bind_str(s, ":patch_id", p->patch_id);
	if (p->batch_id.p)
		stmt_bind_str(s, ":batch_id", p->batch_id);
	for (size_t i = 0; i < LOG_EQUALS; i++)
		if (p->equal[i])
			stmt_bind_int(s, equal_param(i), p->equal[i]);
	if (p->from_ms >= 0)
		stmt_bind_int(s, ":from_ms", p->from_ms);
	if (p->to_ms >= 0)
		stmt_bind_int(s, ":to_ms", p->to_ms);
	return s;
}
