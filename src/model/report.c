#include "model/report.h"

#define COUNT(S, m, nm, text) F_INT(S, m, nm, FIELD_REQUIRED, 0, INT64_MAX, 0, text)
#define MAYBE(S, m, nm, text) F_INT(S, m, nm, 0, 0, INT64_MAX, -1, text)
/* Bytes that are not UTF-8 are replaced, and a cut is told within the text. */
#define TEXT(S, m, nm, text) F_STR(S, m, nm, 0, 0, 4 * REPORT_TEXT_BYTES, FMT_TEXT, text)
#define LIST(m, most, of, text) \
	F_LIST(R, m, n_##m, #m, FIELD_REQUIRED, 0, most, of, text), \
	F_INT(R, m##_left_out, #m "_left_out", FIELD_REQUIRED, 0, INT64_MAX, 0, \
	    "How many more there are than the list may have.")
#define TALLY(S) \
	COUNT(S, total, "total", "Patches with an outcome; the denominator of success_rate."), \
	COUNT(S, ok, "ok", "Those that were applied; its numerator."), \
	COUNT(S, failed, "failed", "Those that failed."), \
	COUNT(S, reverted, "reverted", "Of the ok ones, those that were taken back."), \
	F_RATE(S, ok, total, "success_rate", "ok divided by total; null: there were none.")

const char *const report_states[REPORT_STATE__MAX] = {
	[REPORT_DONE] = "done", [REPORT_FAILED] = "failed",
	[REPORT_OPEN] = "open", [REPORT_POINT] = "point",
};

#define P struct report_position
static const struct field position_fields[] = {
	COUNT(P, seq, "seq", "The order's last event in the stream."),
	TEXT(P, hash, "hash", "The chain's hash at that event."),
	TEXT(P, epoch, "epoch", "The database that numbered it."),
	F_TIME(P, ts_ms, "ts", FIELD_OMIT, "When it happened."),
	F_END
};
static const struct contract position_contract = {
	.name = "ReportPosition", .size = sizeof(P), .fields = position_fields,
	.open = true, .doc = "Up to which event a report tells.",
};

#define T struct report_totals
static const struct field totals_fields[] = { TALLY(T), F_END };
static const struct contract totals_contract = {
	.name = "ReportTotals", .size = sizeof(T), .fields = totals_fields,
	.open = true, .doc = "Each patch once, by its outcome.",
};

#define D struct report_duration
static const struct field duration_fields[] = {
	F_TIME(D, from_ms, "from", 0, "The order's first event."),
	F_TIME(D, to_ms, "to", 0, "Its last."),
	MAYBE(D, elapsed_ms, "elapsed_ms", "Between them."),
	F_END
};
static const struct contract duration_contract = {
	.name = "ReportDuration", .size = sizeof(D), .fields = duration_fields,
	.open = true, .doc = "How long the order took.",
};

#define L struct report_latency
static const struct field latency_fields[] = {
	COUNT(L, count, "count", "Applied patches that say how long it took."),
	COUNT(L, sum_ms, "sum", "All of them together, in ms."),
	MAYBE(L, p50_ms, "p50", "Half took no longer, in ms (nearest rank)."),
	MAYBE(L, p90_ms, "p90", "90 of 100 took no longer."),
	MAYBE(L, p99_ms, "p99", "99 of 100 took no longer."),
	MAYBE(L, max_ms, "max", "The longest."),
	F_END
};
static const struct contract latency_contract = {
	.name = "ReportLatency", .size = sizeof(L), .fields = latency_fields,
	.open = true, .doc = "From requested to applied.",
};

#define S struct report_diffstat
static const struct field diffstat_fields[] = {
	COUNT(S, files, "files", "Files that patches changed which stand."),
	COUNT(S, insertions, "insertions", "Lines they added."),
	COUNT(S, deletions, "deletions", "Lines they removed."),
	F_END
};
static const struct contract diffstat_contract = {
	.name = "ReportDiffstat", .size = sizeof(S), .fields = diffstat_fields,
	.open = true, .doc = "What the order comes to, without what was taken back.",
};

#define G struct report_group
#define GROUP(var, title, member, text, about) \
	static const struct field var##_fields[] = { \
		TEXT(G, name, member, text), TALLY(G), F_END }; \
	static const struct contract var##_contract = { .name = title, \
		.size = sizeof(G), .fields = var##_fields, .open = true, \
		.doc = about }

GROUP(factory, "ReportFactory", "factory", "The requester.", "The patches of one factory.");
GROUP(operation, "ReportOperation", "op", "The operation.", "The patches of one kind.");
GROUP(task, "ReportTask", "task_id", "The unit of work.", "The patches of one task.");

#define F struct report_file
static const struct field file_fields[] = {
	TEXT(F, path, "path", "Path below the workspace."),
	TALLY(F),
	COUNT(F, lines_added, "lines_added", "By patches that were applied and stand."),
	COUNT(F, lines_removed, "lines_removed", "By the same."),
	F_END
};
static const struct contract file_contract = {
	.name = "ReportFile", .size = sizeof(F), .fields = file_fields,
	.open = true, .doc = "The patches of one file; one of several files counts for each.",
};

#define E struct report_error
static const struct field error_fields[] = {
	TEXT(E, error, "error", "What was said; null: the patch was not applied because another one failed."),
	COUNT(E, occurrences, "occurrences", "How many patches failed so."),
	F_END
};
static const struct contract error_contract = {
	.name = "ReportError", .size = sizeof(E), .fields = error_fields,
	.open = true, .doc = "Failures that say the same.",
};

#define X struct report_failure
static const struct field failure_fields[] = {
	F_TIME(X, ts_ms, "ts", 0, "When."),
	TEXT(X, patch_id, "patch_id", "The patch."),
	TEXT(X, file, "file", "Its file, or the first of several."),
	TEXT(X, op, "op", "The operation."),
	TEXT(X, task_id, "task_id", "The unit of work."),
	TEXT(X, requester, "requester", "Who asked for it."),
	TEXT(X, code, "code", "The kind of failure."),
	TEXT(X, error, "error", "What happened."),
	TEXT(X, reason, "reason", "Why the patch was wanted."),
	F_END
};
static const struct contract failure_contract = {
	.name = "ReportFailure", .size = sizeof(X), .fields = failure_fields,
	.open = true, .doc = "One patch that failed.",
};

#define B struct report_revert
static const struct field revert_fields[] = {
	F_TIME(B, ts_ms, "ts", 0, "When it was taken back."),
	TEXT(B, patch_id, "patch_id", "The patch."),
	TEXT(B, file, "file", "Its file, or the first of several."),
	TEXT(B, revert_id, "revert_id", "The edit that did it."),
	TEXT(B, requester, "requester", "Who asked for that."),
	F_END
};
static const struct contract revert_contract = {
	.name = "ReportRevert", .size = sizeof(B), .fields = revert_fields,
	.open = true, .doc = "One patch that was taken back.",
};

#define V struct report_validator
static const struct field validator_fields[] = {
	TEXT(V, name, "name", "The validator."),
	COUNT(V, runs, "runs", "Verdicts in the order's events."),
	COUNT(V, ok, "ok", "No new fault."),
	COUNT(V, failed, "failed", "New faults, or a limit was reached."),
	COUNT(V, timeout, "timeout", "It took too long."),
	COUNT(V, error, "error", "It could not be run."),
	COUNT(V, skipped, "skipped", "There was nothing to do."),
	F_END
};
static const struct contract validator_contract = {
	.name = "ReportValidator", .size = sizeof(V),
	.fields = validator_fields, .open = true,
	.doc = "How often a validator ended how.",
};

#define H struct report_phase
static const struct field phase_fields[] = {
	F_ENUM(H, event, "event", 0, event_names, EVENT__MAX, NULL, "What it begins with."),
	F_ENUM(H, end_event, "end_event", 0, event_names, EVENT__MAX, NULL, "What it ends with; null: no end was told, or it is a point."),
	F_ENUM(H, state, "state", FIELD_REQUIRED, report_states, REPORT_STATE__MAX, NULL, "How it came out."),
	TEXT(H, factory, "factory", "Who told it."),
	TEXT(H, task_id, "task_id", "The unit of work."),
	F_TIME(H, from_ms, "from", 0, "Its beginning."),
	F_TIME(H, to_ms, "to", 0, "Its end; null: none was told."),
	MAYBE(H, duration_ms, "duration_ms", "Between them."),
	COUNT(H, events, "events", "How many events it is made of."),
	TEXT(H, message, "message", "What was said last."),
	F_END
};
static const struct contract phase_contract = {
	.name = "ReportPhase", .size = sizeof(H), .fields = phase_fields,
	.open = true, .doc = "A stage of the factory's work.",
};

#define R struct report
static const struct field report_fields[] = {
	TEXT(R, order_id, "order_id", "The customer's order."),
	COUNT(R, version, "version", "Of this order's report, from 1."),
	F_OBJECT(R, as_of, "as_of", &position_contract, "The events it tells of."),
	F_OBJECT(R, totals, "totals", &totals_contract, "Each patch once."),
	F_OBJECT(R, duration, "duration", &duration_contract, "First event to last."),
	F_OBJECT(R, latency, "latency", &latency_contract, "Requested to applied."),
	F_OBJECT(R, diffstat, "diffstat", &diffstat_contract, "What it comes to."),
	LIST(factories, REPORT_MAX_GROUPS, &factory_contract, "By requester."),
	LIST(operations, REPORT_MAX_GROUPS, &operation_contract, "By operation."),
	LIST(tasks, REPORT_MAX_ROWS, &task_contract, "By task."),
	LIST(files, REPORT_MAX_ROWS, &file_contract, "By file."),
	LIST(errors, REPORT_MAX_GROUPS, &error_contract, "Failures by what was said."),
	LIST(failures, REPORT_MAX_FACTS, &failure_contract, "Each failure."),
	LIST(reverts, REPORT_MAX_FACTS, &revert_contract, "Each patch that was taken back."),
	LIST(validators, REPORT_MAX_GROUPS, &validator_contract, "Verdicts by validator."),
	LIST(phases, REPORT_MAX_FACTS, &phase_contract, "The stages of the work."),
	F_END
};

/* Open: what later versions add is no fault of a report that was kept. */
const struct contract report_contract = {
	.name = "DeliveryReport", .size = sizeof(R), .fields = report_fields,
	.open = true, .doc = "What was delivered for one order.",
};

#define W struct report_row
static const struct field row_fields[] = {
	COUNT(W, id, "id", "The row."),
	TEXT(W, order_id, "order_id", "The customer's order."),
	COUNT(W, version, "version", "Of this order's report, from 1."),
	F_OBJECT(W, as_of, "as_of", &position_contract, "The events it tells of."),
	F_STR(W, report_md, "report_md", FIELD_REQUIRED, 0, REPORT_MAX_BYTES, FMT_TEXT, "The report as Markdown."),
	F_STR(W, report_json, "report_json", FIELD_REQUIRED, 0, REPORT_MAX_BYTES, FMT_TEXT, "The text of a DeliveryReport."),
	F_RATE(W, ok_patches, total_patches, "success_rate", "ok_patches divided by total_patches; null: there were none."),
	COUNT(W, ok_patches, "ok_patches", "Patches that were applied."),
	COUNT(W, total_patches, "total_patches", "Patches with an outcome."),
	F_TIME(W, created_at, "created_at", 0, "When this version was made."),
	F_END
};

const struct contract report_row_contract = {
	.name = "DeliveryReportRow", .size = sizeof(W), .fields = row_fields,
	.open = true, .doc = "One version of an order's report, as it is kept.",
};
