#include "model/log_query.h"

static const char *const orders[] = { "desc", "asc" };
static const char *const counts[] = { "none", "exact" };
const char *const log_statuses[LOG_STATUS__MAX] = {
	[LOG_REQUESTED] = "requested", [LOG_APPLIED] = "applied",
	[LOG_VALIDATED] = "validated", [LOG_FAILED] = "failed",
	[LOG_NOT_APPLIED] = "not_applied", [LOG_REVERTED] = "reverted",
};

#define Q struct log_query
#define EQUAL(m, nm, text) F_STR(Q, m, nm, 0, 1, NAME_MAX_BYTES, FMT_NAME, text)

static const struct field fields[] = {
	EQUAL(task_id, "task_id", "Only this task."),
	F_STR(Q, file, "file", 0, 1, PATH_MAX_BYTES, FMT_TEXT, "Part of the path, literally."),
	F_STR(Q, search, "search", 0, 1, 500, FMT_TEXT, "Part of file, op, requester, reason, error or a value of meta, literally."),
	F_INT(Q, limit, "limit", 0, 1, PAGE_MAX_ROWS, PAGE_DEFAULT_ROWS, "Rows of a page."),
	F_INT(Q, offset, "offset", 0, 0, INT64_MAX, 0, "Rows to skip."),
	F_ENUM(Q, order, "order", 0, orders, LOG_ORDER__MAX, "desc", "desc: newest first."),
	F_ENUM(Q, type, "type", 0, event_names, EVENT__MAX, NULL, "Only this type of event."),
	F_ENUM(Q, status, "status", 0, log_statuses, LOG_STATUS__MAX, NULL, "Only this status."),
	EQUAL(order_id, "order_id", "Only this order."),
	EQUAL(requester, "requester", "Only this requester."),
	EQUAL(phase, "phase", "Only this phase."),
	EQUAL(op, "op", "Only this operation."),
	EQUAL(workspace, "workspace", "Only this workspace."),
	EQUAL(batch_id, "batch_id", "Only this batch."),
	EQUAL(patch_id, "patch_id", "Only this patch."),
	F_TIME(Q, from_ms, "from", 0, "From this moment on."),
	F_TIME(Q, to_ms, "to", 0, "Before this moment."),
	F_ENUM(Q, count, "count", 0, counts, LOG_COUNT__MAX, "none", "exact: tell the total as well."),
	F_STR(Q, cursor, "cursor", 0, 1, 100, FMT_NAME, "Where the last page ended (its pagination.next)."),
	F_END
};

const struct contract log_query_contract = {
	.name = "LogQuery", .size = sizeof(Q), .fields = fields,
	.doc = "Which rows of the log are wanted.",
};

struct str
log_cursor_text(struct arena *a, int64_t snapshot_seq, int64_t after_seq)
{
	return arena_fmt(a, "c1.%llx.%llx", (unsigned long long)snapshot_seq,
	    (unsigned long long)after_seq);
}

static bool
hex_number(struct str s, int64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t v = 0;

	if (s.len == 0 || s.len > 15)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		const char *d = s.p[i] ? strchr(digits, s.p[i]) : NULL;

		if (!d)
			return false;
		v = v << 4 | (uint64_t)(d - digits);
	}
	*out = (int64_t)v;
	return true;
}

int
log_cursor_parse(struct log_query *q, struct err *e)
{
	struct str rest = q->cursor;
	struct str version = str_cut(&rest, '.');
	struct str snapshot = str_cut(&rest, '.');

	if (!q->cursor.p)
		return 0;
	if (str_is(version, "c1") && hex_number(snapshot, &q->snapshot_seq) &&
	    hex_number(rest, &q->after_seq))
		return 0;
	err_set(e, ERR_BAD_QUERY, "cursor is not one that this server gave");
	return err_at(e, "?cursor");
}
