#include "model/revert.h"

#define B struct revert_body
#define NAME(m, text) F_STR(B, m, #m, 0, 1, NAME_MAX_BYTES, FMT_NAME, text)

static const struct field one_fields[] = {
	NAME(workspace, "Where it was applied; found out when absent."),
	NAME(requester, "Who asks for the revert; else the token's name."),
	F_STR_PRESET(B, reason, "reason", "", REASON_MAX_BYTES, FMT_TEXT, "Why."),
	F_BOOL(B, dry_run, "dryRun", "false", "Tell what would happen; write nothing."),
	F_END
};

const struct contract revert_patch_contract = {
	.name = "PatchRevert", .size = sizeof(B), .fields = one_fields,
	.doc = "How to take one patch back.",
};

static const struct field many_fields[] = {
	NAME(batch_id, "All patches of a batch."),
	NAME(order_id, "All patches of an order."),
	NAME(task_id, "All patches of a task."),
	F_TIME(B, since_ms, "since", 0, "All patches that the requester had applied since then."),
	NAME(workspace, "The tree; of a batch it is found out when absent, else it is \"default\"."),
	NAME(requester, "With since: whose patches. Else who asks for the revert; the token's name when absent."),
	F_STR_PRESET(B, reason, "reason", "", REASON_MAX_BYTES, FMT_TEXT, "Why."),
	F_BOOL(B, dry_run, "dryRun", "false", "Tell what would happen; write nothing."),
	F_END
};

const struct contract revert_many_contract = {
	.name = "PatchesRevert", .size = sizeof(B), .fields = many_fields,
	.doc = "Which patches to take back: one of batch_id, order_id, task_id, since with requester.",
};
