#include "model/event_line.h"

#define L struct event_line
#define TEXT(m, nm, flag, text) F_STR(L, m, nm, flag, 0, BODY_MAX_BYTES, FMT_TEXT, text)

static const struct field line_fields[] = {
	F_INT(L, seq, "seq", FIELD_REQUIRED, 1, INT64_MAX, 0, "Place in the stream."),
	TEXT(type, "type", FIELD_REQUIRED, "What happened."),
	F_INT(L, ts_ms, "ts_ms", FIELD_REQUIRED, INT64_MIN, INT64_MAX, 0, "When, in milliseconds since 1970, UTC."),
	TEXT(payload, "payload", FIELD_REQUIRED, "The event's JSON, byte for byte."),
	TEXT(batch_id, "batch_id", 0, "Of which batch."),
	TEXT(patch_id, "patch_id", 0, "Of which patch."),
	TEXT(order_id, "order_id", 0, "Of which order."),
	TEXT(task_id, "task_id", 0, "Of which task."),
	TEXT(requester, "requester", 0, "Who asked for it."),
	TEXT(workspace, "workspace", 0, "Where it was done."),
	TEXT(file, "file", 0, "To which file."),
	TEXT(op, "op", 0, "By which operation."),
	F_STR(L, hash, "hash", FIELD_REQUIRED, 64, 64, FMT_SHA256, "SHA-256 of the hash before and this event."),
	F_END
};

const struct contract event_line_contract = {
	.name = "EventLine", .size = sizeof(L), .fields = line_fields,
	.doc = "An event in an export of the chain.",
};

#define X struct export_end

static const struct field end_fields[] = {
	F_BOOL(X, end, "end", NULL, "True: nothing is behind this line."),
	F_INT(X, rows, "rows", FIELD_REQUIRED, 0, INT64_MAX, 0, "Rows before this line."),
	F_STR(X, sha256, "sha256", FIELD_REQUIRED, 64, 64, FMT_SHA256, "Of all bytes before this line."),
	F_INT(X, first_seq, "first_seq", FIELD_OMIT, 0, INT64_MAX, -1, "Of the first event; behind last_seq when there is none."),
	F_INT(X, last_seq, "last_seq", FIELD_OMIT, 0, INT64_MAX, -1, "Of the last event."),
	F_STR(X, before_hash, "before_hash", FIELD_OMIT, 64, 64, FMT_SHA256, "What the first event is chained to."),
	F_STR(X, last_hash, "last_hash", FIELD_OMIT, 64, 64, FMT_SHA256, "The hash of the last event."),
	F_END
};

const struct contract export_end_contract = {
	.name = "ExportEnd", .size = sizeof(X), .fields = end_fields,
	.doc = "The last line of an export.",
};
