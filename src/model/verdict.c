#include "model/verdict.h"

#include "model/policy.h"

#define V struct verdict

static const char *const rule_names[VALIDATOR__MAX] = {
	[VALIDATOR_REQUIRED] = "required", [VALIDATOR_ADVISORY] = "advisory",
};

static const char *const status_names[VERDICT__MAX] = {
	[VERDICT_OK] = "ok", [VERDICT_FAILED] = "failed",
	[VERDICT_TIMEOUT] = "timeout", [VERDICT_ERROR] = "error",
	[VERDICT_SKIPPED] = "skipped",
};

static const struct field fields[] = {
	F_STR(V, name, "name", 0, 0, NAME_MAX_BYTES, FMT_TEXT, "The validator."),
	F_ENUM(V, rule, "rule", 0, rule_names, VALIDATOR__MAX, "required", "Does its failure refuse the batch?"),
	F_BOOL(V, ok, "ok", "false", "It found no new fault."),
	F_ENUM(V, status, "status", 0, status_names, VERDICT__MAX, "ok", "How it ended."),
	F_INT(V, exit, "exit", 0, 0, 255, -1, "Exit status of the first run that failed, else 0; null: it did not end by itself."),
	F_INT(V, duration_ms, "duration_ms", 0, 0, INT64_MAX, -1, "How long it took, the look at the unchanged tree included."),
	F_STR(V, reason, "reason", FIELD_OMIT, 0, DETAIL_MAX_BYTES, FMT_TEXT, "Why it was skipped, stopped or not run."),
	F_STR(V, baseline, "baseline", FIELD_OMIT, 0, NAME_MAX_BYTES, FMT_TEXT, "What it says of the unchanged tree, when that had to be asked."),
	F_STR(V, isolation, "isolation", FIELD_OMIT, 0, DETAIL_MAX_BYTES, FMT_TEXT, "What kept it from network and files: namespaces, or none and why."),
	F_STRS(V, files, n_files, "files", 0, 0, BATCH_MAX_PATCHES, PATH_MAX_BYTES, FMT_TEXT, "The changed files it was run for."),
	F_STRS(V, diagnostics, n_diagnostics, "new_diagnostics", 0, 0, DIAGNOSTICS_MAX, DIAGNOSTIC_MAX_BYTES, FMT_TEXT, "Lines that it did not print for the unchanged tree."),
	F_STR(V, output, "output", FIELD_OMIT, 0, MIB(2), FMT_TEXT, "What it printed, cut."),
	F_END
};

const struct contract verdict_contract = {
	.name = "Verdict", .size = sizeof(V), .fields = fields, .open = true,
	.doc = "What one validator said of a batch.",
};
