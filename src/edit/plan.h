/* plan.h - compute what a batch would do, in memory.
 *
 * Nothing is written, nor is it looked at again: block files are read as they
 * are on disk, before the batch.  Every operation gets a result: an edit with
 * its own unified diff, or the error that refuses it.  The diff of operation
 * k is from the file after operations 1..k-1 to the file after 1..k (batch
 * order), so applying the diffs of a batch one after the other with patch -p1
 * or git apply gives the file after the batch.
 *
 * What was expected of a span is compared with the file before the batch
 * (COORD_BASE) or with what the operations before left (COORD_SEQUENTIAL).  An
 * `expect` is matched byte for byte, but may lack the last line end and have
 * LF in a file of CRLF, as a block may; a hash is of the exact bytes.  A byte
 * order mark is no part of line 1: it stays in front, and an expectation may
 * have it or not. */
#ifndef EDIT_PLAN_H
#define EDIT_PLAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "edit/batch.h"
#include "tree/workspace.h"

enum plan_status { PLAN_OK, PLAN_REFUSED, PLAN_NOT_APPLIED };

struct plan_result {
	enum plan_status status;
	struct err err;			/* PLAN_REFUSED: why; at = "/patches/N/line" */
	struct str diff;		/* unified, a/ b/ prefixes; "" if nothing changed */
	int64_t lines_added, lines_removed;
	/* Hex of the whole file before and after the batch (not around each
	 * operation: hashing costs as much as the file is long); STR_NONE where
	 * there is no file, and after when this was not applied. */
	struct str before_sha256, after_sha256;
	/* stale_base, expect: what is there now */
	struct str current_sha256;	/* of the file; STR_NONE if missing */
	struct str current_text;	/* span and 3 lines around, valid UTF-8, cut */
};

struct plan {
	struct plan_result *results;	/* one per operation */
	size_t n_results;
	struct file_change *files;	/* only those whose bytes change, in path order */
	size_t n_files;
	bool refused;			/* some operation was refused */
};

struct plan_limits {
	size_t file_bytes;		/* PATCHWARDEN_FILE_BYTES */
	int64_t open_space_padding;	/* lines left by openSpace */
};

/* 0 with *out filled (also when operations are refused); -1 only when nothing
 * can be said about operations (the workspace cannot be read).  In an atomic
 * batch one refusal makes the others PLAN_NOT_APPLIED and files empty. */
int plan_make(struct arena *a, struct workspace *ws,
    const struct patch_batch *batch, const struct plan_limits *limits,
    struct plan *out, struct err *e);

#endif
