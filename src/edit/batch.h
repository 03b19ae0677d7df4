/* batch.h - what a factory asks for: a batch of edit operations.
 *
 * Filled by the contract in ops.c (THE operation table) from JSON, from the
 * command line, or by hand in tests.  Strings are borrowed from the arena of
 * the request. */
#ifndef EDIT_BATCH_H
#define EDIT_BATCH_H

#include "text/script.h"
#include "text/text.h"

enum op_kind {
	OP_NONE,
	OP_REPLACE_BLOCK,	/* lines start..end become the block */
	OP_INSERT_BEFORE,
	OP_INSERT_AFTER,
	OP_APPEND,
	OP_PREPEND,
	OP_DELETE_BLOCK,	/* lines start..end go */
	OP_CREATE,		/* refused when the file exists */
	OP_WRITE_FILE,		/* all of the file, by minimal hunks */
	OP_DELETE_FILE,
	OP_MOVE,
	OP_SEARCH_REPLACE,
	OP_UNIFIED_DIFF,	/* one or more files */
	OP_APPLY_PATCH,		/* the "*** Begin Patch" envelope */
	OP_UNDO,		/* govern/revert alone: not in the table */
	OP__MAX
};

enum coordinates { COORD_BASE, COORD_SEQUENTIAL, COORD__MAX };

#define OCCURRENCE_UNIQUE (-1)	/* none given: there must be one match */
#define OCCURRENCE_ALL 0

/* What OP_UNDO does to one file, in positions of the file as it is now. */
struct undo_file {
	struct str path;
	struct script script;
	bool exists;		/* afterwards */
	int64_t mode;		/* afterwards; -1: as it is */
};

struct patch_op {
	enum op_kind op;
	struct str file;		/* relative, '/' between names */
	int64_t start, end;		/* *-block: 1-based, inclusive; -1: none */
	int64_t line;			/* insert-*: 1-based; -1: none */
	struct str anchor, end_anchor;	/* instead of a line, of start and end */
	struct str marker;		/* instead of both */
	bool include_markers;
	struct str block, block_file;	/* one of them; STR_NONE: absent */
	bool open_space;
	int64_t mode;			/* create: 0644 or 0755; -1: default */
	struct str to;			/* move */
	struct str search, replace;	/* search-replace */
	int64_t occurrence;
	struct str expect;		/* text the span must have */
	struct str expect_sha256;	/* hex, of the span's bytes */
	struct str base_sha256;		/* hex of the whole file as it was seen */
	struct str task_id, reason;
	struct str meta;		/* JSON object text */
	const struct undo_file *undo;	/* OP_UNDO */
	size_t n_undo;
};

struct base_version {
	struct str path, sha256;	/* hex */
};

struct patch_batch {
	struct str workspace;		/* "default" */
	struct str order_id, requester, reason, branch, phase, factory, model;
	struct str meta;		/* JSON object text */
	bool dry_run, atomic, validate;
	enum coordinates coordinates;
	enum eol_rule eol;
	struct base_version *base;
	size_t n_base;
	struct patch_op *ops;
	size_t n_ops;
};

const char *op_name(enum op_kind op);		/* "replace-block" */
enum op_kind op_of(struct str name);		/* OP_NONE if unknown */

#endif
