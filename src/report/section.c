#include "report/section.h"

#define COL(S, title, kind, m) { title, kind, offsetof(struct S, m), 0 }
#define COL2(S, title, kind, m, m2) \
	{ title, kind, offsetof(struct S, m), offsetof(struct S, m2) }
#define TALLY(S) \
	COL(S, "Patches", CELL_COUNT, total), \
	COL(S, "Ok", CELL_COUNT, ok), \
	COL(S, "Failed", CELL_BAD, failed), \
	COL(S, "Taken back", CELL_WARN, reverted), \
	COL2(S, "Success", CELL_RATE, ok, total)
#define COLUMNS(name) static const struct column name[]

COLUMNS(factories) = {
	COL(report_group, "Factory", CELL_TEXT, name), TALLY(report_group), { 0 }
};
COLUMNS(operations) = {
	COL(report_group, "Operation", CELL_TEXT, name), TALLY(report_group), { 0 }
};
COLUMNS(tasks) = {
	COL(report_group, "Task", CELL_TEXT, name), TALLY(report_group), { 0 }
};
COLUMNS(files) = {
	COL(report_file, "File", CELL_TEXT, path),
	COL2(report_file, "Lines", CELL_LINES, lines_added, lines_removed),
	TALLY(report_file), { 0 }
};
COLUMNS(errors) = {
	COL(report_error, "Error", CELL_TEXT, error),
	COL(report_error, "Occurrences", CELL_COUNT, occurrences), { 0 }
};
COLUMNS(failures) = {
	COL(report_failure, "When (UTC)", CELL_TIME, ts_ms),
	COL(report_failure, "File", CELL_TEXT, file),
	COL(report_failure, "Operation", CELL_TEXT, op),
	COL(report_failure, "Code", CELL_TEXT, code),
	COL(report_failure, "Error", CELL_TEXT, error),
	COL(report_failure, "Reason of the patch", CELL_TEXT, reason),
	COL(report_failure, "Factory", CELL_TEXT, requester),
	COL(report_failure, "Task", CELL_TEXT, task_id),
	COL(report_failure, "Patch", CELL_TEXT, patch_id), { 0 }
};
COLUMNS(reverts) = {
	COL(report_revert, "When (UTC)", CELL_TIME, ts_ms),
	COL(report_revert, "File", CELL_TEXT, file),
	COL(report_revert, "By", CELL_TEXT, requester),
	COL(report_revert, "Patch", CELL_TEXT, patch_id),
	COL(report_revert, "Taken back by", CELL_TEXT, revert_id), { 0 }
};
COLUMNS(validators) = {
	COL(report_validator, "Validator", CELL_TEXT, name),
	COL(report_validator, "Runs", CELL_COUNT, runs),
	COL(report_validator, "Ok", CELL_COUNT, ok),
	COL(report_validator, "Failed", CELL_BAD, failed),
	COL(report_validator, "Timed out", CELL_BAD, timeout),
	COL(report_validator, "Not run", CELL_BAD, error),
	COL(report_validator, "Skipped", CELL_COUNT, skipped), { 0 }
};
COLUMNS(phases) = {
	COL(report_phase, "Stage", CELL_EVENT, event),
	COL(report_phase, "State", CELL_STATE, state),
	COL(report_phase, "When", CELL_BAR, event),
	COL(report_phase, "From (UTC)", CELL_TIME, from_ms),
	COL(report_phase, "To (UTC)", CELL_TIME, to_ms),
	COL(report_phase, "Took", CELL_MS, duration_ms),
	COL(report_phase, "Events", CELL_COUNT, events),
	COL(report_phase, "Factory", CELL_TEXT, factory),
	COL(report_phase, "Task", CELL_TEXT, task_id),
	COL(report_phase, "Message", CELL_TEXT, message), { 0 }
};

#define SECTION(name, title, S, caption, none) { #name, title, caption, none, \
	offsetof(struct report, name), offsetof(struct report, n_##name), \
	offsetof(struct report, name##_left_out), sizeof(struct S), name }

const struct section report_sections[] = {
	SECTION(phases, "Timeline", report_phase, "Stages of the work, as the factories told them.", "No factory told of its work."),
	SECTION(factories, "Factories", report_group, "Patches by who asked for them.", "No patch has an outcome."),
	SECTION(tasks, "Tasks", report_group, "Patches by the unit of work.", "No patch names a task."),
	SECTION(operations, "Operations", report_group, "Patches by what they do.", "No patch has an outcome."),
	SECTION(files, "Files", report_file, "Lines are those of patches that stand; a patch of several files counts for each.", "No file was touched."),
	SECTION(errors, "Errors", report_error, "Failures by what was said; without an error, another patch of the batch failed.", "Nothing failed."),
	SECTION(failures, "Failures", report_failure, "Each patch that failed, in the order of events.", "Nothing failed."),
	SECTION(reverts, "Taken back", report_revert, "Each patch that was reverted, in the order of events.", "Nothing was taken back."),
	SECTION(validators, "Validators", report_validator, "How often each one said what.", "No validator has spoken."),
	{ 0 }
};
