#include "model/patch_event.h"

#define PE struct patch_event
#define TEXT(m, nm, flags, text) \
	F_STR(PE, m, nm, flags, 0, 0, FMT_TEXT, text)
#define COUNT(m, nm, flags, text) \
	F_INT(PE, m, nm, flags, 0, INT64_MAX, -1, text)

/* What both views share, in this order. */
#define SHARED_FIELDS \
	TEXT(status, "status", 0, "requested, applied, failed, not_applied, validated or reverted."), \
	F_ENUM(PE, type, "type", 0, event_names, EVENT__MAX, NULL, "The event's type."), \
	TEXT(batch_id, "batch_id", 0, "The batch it came in."), \
	TEXT(order_id, "order_id", 0, "The customer's order."), \
	TEXT(requester, "requester", 0, "Who asked for it."), \
	TEXT(reason, "reason", 0, "Why."), \
	TEXT(branch, "branch", FIELD_OMIT, "The branch it was meant for."), \
	TEXT(phase, "phase", 0, "The stage of the factory's work."), \
	TEXT(workspace, "workspace", 0, "The tree it was applied to."), \
	TEXT(factory, "factory", FIELD_OMIT, "The factory, when it is not the requester."), \
	TEXT(model, "model", FIELD_OMIT, "The model that wrote it."), \
	TEXT(code, "code", 0, "Of a failure: its kind."), \
	TEXT(error, "error", 0, "Of a failure: what happened."), \
	TEXT(at, "at", FIELD_OMIT, "Of a failure: where in the request."), \
	TEXT(revert_id, "revert_id", FIELD_OMIT, "Of patch_reverted: the edit that took the patch back; its diff is at diff_path."), \
	TEXT(reverts, "reverts", FIELD_OMIT, "Of a revert that was asked for or failed: the patch to take back."), \
	TEXT(before_sha256, "before_sha256", 0, "The file before the batch; null: there was none."), \
	TEXT(after_sha256, "after_sha256", 0, "The file after the batch; null: there is none."), \
	COUNT(lines_added, "lines_added", 0, "Lines added."), \
	COUNT(lines_removed, "lines_removed", 0, "Lines removed."), \
	F_INT(PE, shift, "shift", FIELD_OMIT, INT64_MIN + 1, INT64_MAX, SHIFT_NONE, "By how many lines the position was carried forward."), \
	COUNT(duration_ms, "duration_ms", 0, "From the request to this event.")

static const struct field event_fields[] = {
	TEXT(patch_id, "patch_id", 0, "The patch, a UUID of version 7."),
	TEXT(file, "file", 0, "Path below the workspace."),
	TEXT(op, "op", 0, "The operation."),
	TEXT(task_id, "task_id", 0, "The unit of work."),
	F_TRI(PE, ts_check_ok, "ts_check_ok", 0, "The validators' verdict; null: none ran."),
	TEXT(diff_path, "diff_path", 0, "Where its diff is served."),
	F_RAW(PE, meta, "meta", 0, "Free data of the request."),
	F_TIME(PE, ts_ms, "ts", 0, "When it happened."),
	COUNT(seq, "seq", FIELD_OMIT, "Its place in the event stream."),
	SHARED_FIELDS,
	TEXT(match, "match", FIELD_OMIT, "How the text was found: exact, or trailing_space: but for blanks at the ends of lines."),
	F_STRS(PE, files, n_files, "files", FIELD_OMIT, 0, BATCH_MAX_PATCHES, PATH_MAX_BYTES, FMT_TEXT, "The files of an operation on several."),
	TEXT(current_sha256, "current_sha256", FIELD_OMIT, "Of a conflict: the file as it is."),
	TEXT(current_text, "current_text", FIELD_OMIT, "Of a conflict: the lines as they are."),
	F_INT(PE, current_line, "current_line", FIELD_OMIT, 1, INT64_MAX, 0, "Of a conflict: the number of the first of those lines."),
	TEXT(conflict_patch_id, "conflict_patch_id", FIELD_OMIT, "Of a conflict: the patch that is in the way."),
	TEXT(diff, "diff", FIELD_OMIT, "Of a dry run: the unified diff."),
	F_LIST(PE, validators, n_validators, "validators", FIELD_OMIT, 0, POLICY_MAX_RULES, &verdict_contract, "What each validator said, its output cut."),
	F_END
};

const struct contract patch_event_contract = {
	.name = "PatchEvent", .size = sizeof(PE), .fields = event_fields,
	.open = true, .doc = "What happened to one patch.",
};

static const struct field log_fields[] = {
	COUNT(seq, "id", 0, "The row; its place in the event stream."),
	TEXT(patch_id, "patch_id", 0, "The patch."),
	TEXT(task_id, "task_id", 0, "The unit of work."),
	TEXT(file, "file_path", 0, "Path below the workspace."),
	TEXT(op, "op", 0, "The operation."),
	F_TRI(PE, ts_check_ok, "ts_check_ok", 0, "The validators' verdict; null: none ran."),
	TEXT(diff_path, "diff_path", 0, "Where its diff is served."),
	F_RAW(PE, meta, "meta", 0, "Free data of the request."),
	F_TIME(PE, ts_ms, "created_at", 0, "When it happened."),
	SHARED_FIELDS,
	F_STRS(PE, files, n_files, "files", FIELD_OMIT, 0, BATCH_MAX_PATCHES, PATH_MAX_BYTES, FMT_TEXT, "The files of an operation on several."),
	F_END
};

const struct contract patch_log_contract = {
	.name = "PatchLogRow", .size = sizeof(PE), .fields = log_fields,
	.doc = "One row of the log.",
};

struct event
patch_event_pack(struct arena *a, const struct patch_event *p)
{
	struct buf out = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct patch_event kept = *p;
	struct event ev = {
		.type = p->type, .ts_ms = p->ts_ms, .batch_id = p->batch_id,
		.patch_id = p->patch_id, .order_id = p->order_id,
		.task_id = p->task_id, .requester = p->requester,
		.workspace = p->workspace, .file = p->file, .op = p->op,
	};

	buf_room(&out, KIB(1));		/* as large as most are, at once */
	kept.seq = -1;
	kept.current_text = STR_NONE;
	kept.current_line = 0;
	kept.diff = STR_NONE;
	contract_encode(&patch_event_contract, &kept, &w);
	ev.payload = arena_str(a, buf_str(&out));
	buf_free(&out);
	return ev;
}

int
patch_event_unpack(struct arena *a, const struct event *ev,
    struct patch_event *out, struct err *e)
{
	if (contract_decode_text(&patch_event_contract, ev->payload, a, out,
	    e) != 0)
		return -1;
	out->seq = ev->seq;
	out->type = ev->type;
	out->ts_ms = ev->ts_ms;
	return 0;
}
