#include "model/policy.h"

#define P struct policy
#define V struct validator

#define GLOBS(S, m, n, nm, text) F_STRS(S, m, n, nm, 0, 0, POLICY_MAX_RULES, \
	PATH_MAX_BYTES, FMT_NAME, text)
#define MOST(S, m, nm, lo, hi, text) F_INT(S, m, nm, 0, lo, hi, -1, text)

static const char *const rule_names[] = { "required", "advisory" };

static const struct field validator_fields[] = {
	F_STR(V, name, "name", FIELD_REQUIRED, 1, NAME_MAX_BYTES, FMT_NAME, "What it is called; the name of a preset fills in what is missing."),
	GLOBS(V, globs, n_globs, "globs", "Changed files that match one of these call for it."),
	F_STRS(V, command, n_command, "command", 0, 0, POLICY_MAX_RULES, 4096, FMT_NAME, "The program and its arguments; {} becomes a changed file (a run for each), {}... all of them."),
	F_ENUM(V, rule, "rule", 0, rule_names, VALIDATOR__MAX, "required", "required: new faults refuse the batch; advisory: they are noted."),
	MOST(V, timeout_ms, "timeoutMs", 1, 3600000, "How long all its runs for a batch may take."),
	MOST(V, memory_mb, "memoryMb", 1, 1048576, "How much memory it may use, all its processes together."),
	MOST(V, processes, "processes", 1, 4096, "How many processes it may have at a time."),
	MOST(V, output_bytes, "outputBytes", 1, VALIDATOR_CAPTURE_BYTES, "How much of its output is shown."),
	F_END
};

static const struct contract validator_contract = {
	.name = "Validator", .size = sizeof(V), .fields = validator_fields,
	.doc = "A program that judges the changed tree.",
};

static const struct field policy_fields[] = {
	GLOBS(P, allow, n_allow, "allow", "Only files that match one of these may be edited; none: all."),
	GLOBS(P, deny, n_deny, "deny", "Files that match one of these may not be edited, whatever allow says."),
	F_STRS(P, operations, n_operations, "operations", 0, 0, POLICY_MAX_RULES, NAME_MAX_BYTES, FMT_NAME, "The operations that may be used; none: all."),
	MOST(P, max_files, "maxFiles", 0, BATCH_MAX_PATCHES, "How many files a batch may change."),
	MOST(P, max_lines, "maxLines", 0, FILE_MAX_LINES, "How many lines a batch may add and remove, together."),
	MOST(P, max_bytes, "maxBytes", 0, BATCH_MAX_BYTES, "How many bytes a batch may put in."),
	MOST(P, max_deleted_percent, "maxDeletedPercent", 0, 100, "How much of a file's lines a batch may remove."),
	F_BOOL(P, guards, "guards", "true", "Keep what stands between guards in a file: @hash:… START:name and END:name, PROTECTED-BEGIN and PROTECTED-END."),
	F_STR(P, tasks, "tasks", 0, 1, PATH_MAX_BYTES, FMT_PATH, "Path of a tasks.json below the workspace; with it every operation needs a task that allows its lines."),
	F_LIST(P, validators, n_validators, "validators", 0, 0, POLICY_MAX_RULES, &validator_contract, "Programs that judge the changed tree before it is seen."),
	F_END
};

const struct contract policy_contract = {
	.name = "Policy", .size = sizeof(P), .fields = policy_fields,
	.doc = "What may be done to a workspace.",
};
