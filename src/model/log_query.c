#include "model/log_query.h"

#include "json/json_walk.h"

static const char *const orders[] = { "desc", "asc" };
static const char *const counts[] = { "none", "exact" };
const char *const log_statuses[LOG_STATUS__MAX] = {
	[LOG_REQUESTED] = "requested", [LOG_APPLIED] = "applied",
	[LOG_VALIDATED] = "validated", [LOG_FAILED] = "failed",
	[LOG_NOT_APPLIED] = "not_applied", [LOG_REVERTED] = "reverted",
};

static const char *const formats[] = { NULL, "json", "ndjson", "csv" };

#define EQUAL(S, m, nm, text) F_STR(S, m, nm, 0, 1, NAME_MAX_BYTES, FMT_NAME, text)
#define LOG_FIELDS(S, q, rows) \
	EQUAL(S, q task_id, "task_id", "Only this task."), \
	F_STR(S, q file, "file", 0, 1, PATH_MAX_BYTES, FMT_TEXT, "Part of the path, literally."), \
	F_STR(S, q search, "search", 0, 1, 500, FMT_TEXT, "Part of file, op, requester, reason, error or a value of meta, literally."), \
	F_INT(S, q limit, "limit", 0, 1, PAGE_MAX_ROWS, rows, "Rows of a page."), \
	F_INT(S, q offset, "offset", 0, 0, INT64_MAX, 0, "Rows to skip."), \
	F_ENUM(S, q order, "order", 0, orders, LOG_ORDER__MAX, "desc", "desc: newest first."), \
	F_ENUM(S, q type, "type", 0, event_names, EVENT__MAX, NULL, "Only this type of event."), \
	F_ENUM(S, q status, "status", 0, log_statuses, LOG_STATUS__MAX, NULL, "Only this status."), \
	EQUAL(S, q order_id, "order_id", "Only this order."), \
	EQUAL(S, q requester, "requester", "Only this requester."), \
	EQUAL(S, q phase, "phase", "Only this phase."), \
	EQUAL(S, q op, "op", "Only this operation."), \
	EQUAL(S, q workspace, "workspace", "Only this workspace."), \
	EQUAL(S, q batch_id, "batch_id", "Only this batch."), \
	EQUAL(S, q patch_id, "patch_id", "Only this patch."), \
	F_TIME(S, q from_ms, "from", 0, "From this moment on."), \
	F_TIME(S, q to_ms, "to", 0, "Before this moment."), \
	F_ENUM(S, q count, "count", 0, counts, LOG_COUNT__MAX, "none", "exact: tell the total as well."), \
	F_STR(S, q cursor, "cursor", 0, 1, 100, FMT_NAME, "Where the last page ended (its pagination.next).")

static const struct field fields[] = {
	LOG_FIELDS(struct log_query,, PAGE_DEFAULT_ROWS),
	F_END
};

static const struct field request_fields[] = {
	LOG_FIELDS(struct log_request, q., -1),
	F_ENUM(struct log_request, format, "format", 0, formats, LOG_FORMAT__MAX, NULL, "ndjson or csv: all rows, whatever Accept says."),
	F_BOOL(struct log_request, follow, "follow", "false", "Go on with rows that are yet to come (NDJSON)."),
	F_END
};

const struct contract log_request_contract = {
	.name = "LogRequest", .size = sizeof(struct log_request),
	.fields = request_fields,
	.doc = "Which rows of the log are wanted, and how.",
};

const struct contract log_query_contract = {
	.name = "LogQuery", .size = sizeof(struct log_query), .fields = fields,
	.doc = "Which rows of the log are wanted.",
};

struct str
log_cursor_text(struct arena *a, const struct log_page *p)
{
	return arena_fmt(a, "c2.%llx.%llx.%llx",
	    (unsigned long long)p->snapshot_seq,
	    (unsigned long long)p->after_seq, (unsigned long long)p->skip);
}

static bool
hex_number(struct str s, int64_t *out)
{
	uint64_t v;

	if (!str_hex(s, &v) || v > INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

int
log_cursor_parse(struct log_query *q, struct err *e)
{
	struct str rest = q->cursor;

	if (!q->cursor.p)
		return 0;
	if (str_is(str_cut(&rest, '.'), "c2") &&
	    hex_number(str_cut(&rest, '.'), &q->snapshot_seq) &&
	    hex_number(str_cut(&rest, '.'), &q->after_seq) &&
	    hex_number(rest, &q->skip))
		return 0;
	err_set(e, ERR_BAD_QUERY, "cursor is not one that this server gave");
	return err_at(e, "?cursor");
}

void
log_entry_write(struct json_writer *w, const struct log_entry *row)
{
	/* what only the event has; seq is the row's id */
	static const char *const left_out[] = { "seq", "match", "validators",
	    "current_sha256", "current_text", "current_line",
	    "conflict_patch_id", "diff" };
	struct json_walk walk = json_walk_begin(row->payload);
	struct str key, value;

	json_object_open(w);
	json_key(w, "id");
	json_put_int(w, row->id);
	while (json_walk_next(&walk, &key, &value)) {
		bool out = false;

		for (size_t i = 0; i < countof(left_out) && !out; i++)
			out = str_is(key, left_out[i]);
		if (out)
			continue;
		if (str_is(key, "file"))
			key = STR("file_path");
		else if (str_is(key, "ts"))
			key = STR("created_at");
		json_key_raw(w, key);
		json_put_raw(w, value);
	}
	json_object_close(w);
}
