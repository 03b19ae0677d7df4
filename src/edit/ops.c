#include "edit/ops.h"

#define O struct patch_op
#define B struct patch_batch

#define FILE_ROW \
	F_STR(O, file, "file", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Path below the workspace.")
#define LINE(m, text) F_INT(O, m, #m, FIELD_OMIT, 1, FILE_MAX_LINES, -1, text)
#define BLOCK_ROWS \
	F_STR(O, block, "block", FIELD_OMIT, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The text: whole lines."), \
	F_STR(O, block_file, "blockFile", FIELD_OMIT, 1, PATH_MAX_BYTES, FMT_PATH, "A file below the workspace that holds the text instead.")
#define SPACE_ROW \
	F_BOOL(O, open_space, "openSpace", "false", "Leave blank lines behind the block, for later inserts.")
#define ANCHOR_ROW \
	F_STR(O, anchor, "anchor", FIELD_OMIT, 1, ANCHOR_MAX_BYTES, FMT_TEXT, "Instead of a number: a text that exactly one line contains.")
#define MARKER_ROWS \
	F_STR(O, marker, "marker", FIELD_OMIT, 1, NAME_MAX_BYTES, FMT_NAME, "Instead of a number: the lines between ###FINAL_MILE_PROMPT__NAME### and ###END_NAME###, or between <<<BEGIN:NAME>>> and <<<END:NAME>>>; the marker's own line when nothing ends it."), \
	F_BOOL(O, include_markers, "includeMarkers", "false", "The marker lines belong to it.")
#define SPAN_ROWS \
	LINE(start, "First line, from 1."), \
	LINE(end, "Last line, inclusive."), \
	ANCHOR_ROW, \
	F_STR(O, end_anchor, "endAnchor", FIELD_OMIT, 1, ANCHOR_MAX_BYTES, FMT_TEXT, "A text that only the last line contains; else the first line is the last."), \
	MARKER_ROWS
#define BASE_ROW(flags) \
	F_STR(O, base_sha256, "baseSha256", flags, 0, 64, FMT_SHA256, "The file's hash as the client saw it.")

/* What every operation has. */
static const struct field common[] = {
	F_STR(O, task_id, "taskId", FIELD_OMIT, 1, NAME_MAX_BYTES, FMT_NAME, "The task this belongs to."),
	F_STR(O, expect, "expect", FIELD_OMIT, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The text that the span must have now."),
	F_STR(O, expect_sha256, "expectSha256", FIELD_OMIT, 0, 64, FMT_SHA256, "The hash that the span must have now."),
	F_STR(O, reason, "reason", FIELD_OMIT, 0, REASON_MAX_BYTES, FMT_TEXT, "Why; else the batch's reason."),
	F_RAW(O, meta, "meta", FIELD_OMIT, "Free data, kept in the log."),
	F_END
};

static const struct field replace_fields[] = {
	FILE_ROW, SPAN_ROWS, BLOCK_ROWS, SPACE_ROW, F_END
};

static const struct field delete_block_fields[] = {
	FILE_ROW, SPAN_ROWS, F_END
};

static const struct field insert_fields[] = {
	FILE_ROW, LINE(line, "The line, from 1."), ANCHOR_ROW, MARKER_ROWS,
	BLOCK_ROWS, SPACE_ROW, F_END
};

static const struct field block_fields[] = {
	FILE_ROW, BLOCK_ROWS, SPACE_ROW, F_END
};

static const struct field create_fields[] = {
	FILE_ROW, BLOCK_ROWS,
	F_INT(O, mode, "mode", FIELD_OMIT, 0, 0777, -1, "Permission bits in decimal: 420 is 0644, 493 is 0755."),
	F_END
};

static const struct field write_fields[] = {
	FILE_ROW, BLOCK_ROWS, BASE_ROW(FIELD_REQUIRED), F_END
};

static const struct field delete_file_fields[] = {
	FILE_ROW, BASE_ROW(FIELD_OMIT), F_END
};

static const struct field move_fields[] = {
	FILE_ROW,
	F_STR(O, to, "to", FIELD_REQUIRED, 1, PATH_MAX_BYTES, FMT_TEXT, "Its new path."),
	BASE_ROW(FIELD_OMIT), F_END
};

static const struct field search_fields[] = {
	FILE_ROW,
	F_STR(O, search, "search", FIELD_OMIT, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The text to look for, taken literally."),
	F_STR(O, replace, "replace", FIELD_OMIT, 0, BLOCK_MAX_BYTES, FMT_TEXT, "The text that comes there."),
	F_INT_OR(O, occurrence, "occurrence", FIELD_OMIT, 1, FILE_MAX_BYTES, OCCURRENCE_UNIQUE, "all", "Which match, from 1, or all; else there must be one."),
	F_STR(O, block, "block", FIELD_OMIT, 0, BLOCK_MAX_BYTES, FMT_TEXT, "Instead of both: SEARCH/REPLACE blocks, for this file."),
	F_STR(O, block_file, "blockFile", FIELD_OMIT, 1, PATH_MAX_BYTES, FMT_PATH, "A file below the workspace that holds the blocks."),
	F_END
};

static const struct field diff_fields[] = {
	F_STR(O, file, "file", FIELD_OMIT, 1, PATH_MAX_BYTES, FMT_TEXT, "The one file the diff is about; else its headers tell."),
	BLOCK_ROWS, F_END
};

static const struct field envelope_fields[] = {
	BLOCK_ROWS, F_END
};

/* THE operation table: its name, its fields, and what it means. */
static const struct variant ops[] = {
	{ "replace-block", OP_REPLACE_BLOCK, replace_fields, "Lines start to end become the block; an empty block deletes them." },
	{ "insert-before", OP_INSERT_BEFORE, insert_fields, "Put the block before a line." },
	{ "insert-after", OP_INSERT_AFTER, insert_fields, "Put the block behind a line." },
	{ "append", OP_APPEND, block_fields, "Put the block at the end; the file is made when missing." },
	{ "prepend", OP_PREPEND, block_fields, "Put the block at the start; the file is made when missing." },
	{ "delete-block", OP_DELETE_BLOCK, delete_block_fields, "Remove lines start to end." },
	{ "create", OP_CREATE, create_fields, "Make a new file." },
	{ "write-file", OP_WRITE_FILE, write_fields, "Give a file new contents; recorded as the fewest lines that differ." },
	{ "delete-file", OP_DELETE_FILE, delete_file_fields, "Remove a file." },
	{ "move", OP_MOVE, move_fields, "Give a file another path." },
	{ "search-replace", OP_SEARCH_REPLACE, search_fields, "Put a text in the place of another that is in the file once." },
	{ "unified-diff", OP_UNIFIED_DIFF, diff_fields, "Apply a unified diff of one or more files, without fuzz." },
	{ "apply-patch", OP_APPLY_PATCH, envelope_fields, "Apply a patch in the *** Begin Patch envelope." },
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
	F_STR(B, order_id, "orderId", FIELD_OMIT, 1, NAME_MAX_BYTES, FMT_NAME, "The customer's order."),
	F_STR_PRESET(B, requester, "requester", "agent", NAME_MAX_BYTES, FMT_NAME, "Who asks."),
	F_STR_PRESET(B, reason, "reason", "", REASON_MAX_BYTES, FMT_TEXT, "Why."),
	F_STR_PRESET(B, branch, "branch", "", NAME_MAX_BYTES, FMT_NAME, "The branch this is meant for."),
	F_STR_PRESET(B, workspace, "workspace", "default", NAME_MAX_BYTES, FMT_NAME, "The tree to edit."),
	F_STR(B, phase, "phase", FIELD_OMIT, 1, NAME_MAX_BYTES, FMT_NAME, "The stage of the factory's work."),
	F_STR(B, factory, "factory", FIELD_OMIT, 1, NAME_MAX_BYTES, FMT_NAME, "The factory, when it is not the requester."),
	F_STR(B, model, "model", FIELD_OMIT, 1, NAME_MAX_BYTES, FMT_NAME, "The model that wrote the edits."),
	F_BOOL(B, dry_run, "dryRun", "false", "Tell what would happen; write nothing."),
	F_BOOL(B, atomic, "atomic", "true", "All or nothing."),
	F_BOOL(B, validate, "validate", "true", "Run the validators."),
	F_ENUM(B, coordinates, "coordinates", 0, coordinate_names, COORD__MAX, "base", "base: lines as before the batch; sequential: as the operations before leave them."),
	F_ENUM(B, eol, "eol", 0, eol_names, EOL__MAX, "auto", "auto: the block takes the file's CRLF; keep: its bytes stay."),
	F_MAP(B, base, n_base, "base", BATCH_MAX_PATCHES, &base_contract, "Per file the hash that the client saw; another one is a conflict."),
	F_RAW(B, meta, "meta", FIELD_OMIT, "Free data, kept in the log."),
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
