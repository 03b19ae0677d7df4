#include "edit/ops.h"

#define O struct patch_op
#define B struct patch_batch

#define LINE(m, text) F_INT(O, m, #m, FIELD_REQUIRED, 1, FILE_MAX_LINES, 0, text)
#define BLOCK_ROWS \
	F_STR(O, block, "block", 0, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The text: whole lines."), \
	F_STR(O, block_file, "blockFile", 0, 1, PATH_MAX_BYTES, FMT_PATH, "A file below the workspace that holds the text instead."), \
	F_BOOL(O, open_space, "openSpace", "false", "Leave blank lines behind the block, for later inserts.")

/* What every operation has. */
static const struct field common[] = {
	F_STR(O, file, "file", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Path below the workspace."),
	F_STR(O, task_id, "taskId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The task this belongs to."),
	F_STR(O, expect, "expect", 0, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The text that the span must have now."),
	F_STR(O, expect_sha256, "expectSha256", 0, 0, 64, FMT_SHA256, "The hash that the span must have now."),
	F_STR(O, reason, "reason", 0, 0, REASON_MAX_BYTES, FMT_TEXT, "Why; else the batch's reason."),
	F_RAW(O, meta, "meta", 0, "Free data, kept in the log."),
	F_END
};

static const struct field replace_fields[] = {
	LINE(start, "First line, from 1."),
	LINE(end, "Last line, inclusive."),
	BLOCK_ROWS,
	F_END
};

static const struct field insert_fields[] = {
	LINE(line, "The line, from 1."),
	BLOCK_ROWS,
	F_END
};

static const struct field block_fields[] = {
	BLOCK_ROWS,
	F_END
};

static const struct field create_fields[] = {
	F_STR(O, block, "block", 0, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The content."),
	F_STR(O, block_file, "blockFile", 0, 1, PATH_MAX_BYTES, FMT_PATH, "A file below the workspace that holds the content instead."),
	F_INT(O, mode, "mode", 0, 0, 0777, -1, "Permission bits in decimal: 420 is 0644, 493 is 0755."),
	F_END
};

static const struct field delete_file_fields[] = {
	F_STR(O, base_sha256, "baseSha256", 0, 0, 64, FMT_SHA256, "The file's hash as the client saw it."),
	F_END
};

/* THE operation table: its name, its fields, and what it means. */
static const struct variant ops[] = {
	{ "replace-block", OP_REPLACE_BLOCK, replace_fields, "Lines start to end become the block; an empty block deletes them." },
	{ "insert-before", OP_INSERT_BEFORE, insert_fields, "Put the block before a line." },
	{ "insert-after", OP_INSERT_AFTER, insert_fields, "Put the block behind a line." },
	{ "append", OP_APPEND, block_fields, "Put the block at the end; the file is made when missing." },
	{ "prepend", OP_PREPEND, block_fields, "Put the block at the start; the file is made when missing." },
	{ "create", OP_CREATE, create_fields, "Make a new file." },
	{ "delete-file", OP_DELETE_FILE, delete_file_fields, "Remove a file." },
	{ 0 }
};

const struct contract patch_op_contract = {
	.name = "PatchOp", .size = sizeof(O), .fields = common,
	.tag = "op", .tag_offset = offsetof(O, op), .variants = ops,
	.doc = "One edit.",
};

static const struct field base_fields[] = {
	F_STR(struct base_version, path, "path", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_PATH, "The file."),
	F_STR(struct base_version, sha256, "sha256", FIELD_REQUIRED, 0, 64, FMT_SHA256, "Its hash as the client saw it."),
	F_END
};

static const struct contract base_contract = {
	.name = "BaseVersion", .size = sizeof(struct base_version),
	.fields = base_fields, .doc = "A file and the version of it.",
};

static const char *const coordinate_names[] = { "base", "sequential" };
static const char *const eol_names[] = { "auto", "keep" };

static const struct field batch_fields[] = {
	F_STR(B, order_id, "orderId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The customer's order."),
	F_STR_PRESET(B, requester, "requester", "agent", NAME_MAX_BYTES, FMT_NAME, "Who asks."),
	F_STR_PRESET(B, reason, "reason", "", REASON_MAX_BYTES, FMT_TEXT, "Why."),
	F_STR_PRESET(B, branch, "branch", "", NAME_MAX_BYTES, FMT_NAME, "The branch this is meant for."),
	F_STR_PRESET(B, workspace, "workspace", "default", NAME_MAX_BYTES, FMT_NAME, "The tree to edit."),
	F_STR(B, phase, "phase", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The stage of the factory's work."),
	F_STR(B, factory, "factory", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The factory, when it is not the requester."),
	F_STR(B, model, "model", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The model that wrote the edits."),
	F_BOOL(B, dry_run, "dryRun", "false", "Tell what would happen; write nothing."),
	F_BOOL(B, atomic, "atomic", "true", "All or nothing."),
	F_BOOL(B, validate, "validate", "true", "Run the validators."),
	F_ENUM(B, coordinates, "coordinates", 0, coordinate_names, COORD__MAX, "base", "base: lines as before the batch; sequential: as the operations before leave them."),
	F_ENUM(B, eol, "eol", 0, eol_names, EOL__MAX, "auto", "auto: the block takes the file's CRLF; keep: its bytes stay."),
	F_MAP(B, base, n_base, "base", BATCH_MAX_PATCHES, &base_contract, "Per file the hash that the client saw; another one is a conflict."),
	F_RAW(B, meta, "meta", 0, "Free data, kept in the log."),
	F_LIST(B, ops, n_ops, "patches", FIELD_REQUIRED, 1, BATCH_MAX_PATCHES, &patch_op_contract, "The edits."),
	F_END
};

const struct contract patch_batch_contract = {
	.name = "PatchBatch", .size = sizeof(B), .fields = batch_fields,
	.doc = "Edits that are applied together.",
};

const char *
op_name(enum op_kind op)
{
	for (const struct variant *v = ops; v->tag; v++)
		if (v->value == (int)op)
			return v->tag;
	return "";
}

enum op_kind
op_of(struct str name)
{
	for (const struct variant *v = ops; v->tag; v++)
		if (str_is(name, v->tag))
			return (enum op_kind)v->value;
	return OP_NONE;
}
