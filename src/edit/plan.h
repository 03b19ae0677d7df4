/* plan.h - compute what a batch would do, in memory.
 *
 * Nothing is written.  Every operation gets a result: an edit with its own
 * unified diff, or the error that refuses it.  The diff of operation k is from
 * the file after operations 1..k-1 to the file after 1..k (batch order), so
 * applying the diffs of a batch one after the other with patch -p1 or
 * git apply gives the file after the batch. */
#ifndef EDIT_PLAN_H
#define EDIT_PLAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "edit/batch.h"
#include "edit/workspace.h"

enum plan_status { PLAN_OK, PLAN_REFUSED, PLAN_NOT_APPLIED };

struct plan_result {
	enum plan_status status;
	struct err err;			/* PLAN_REFUSED: why; at = "/patches/N/line" */
	struct str diff;		/* unified, a/ b/ prefixes; "" if nothing changed */
	int64_t lines_added, lines_removed;
	struct str before_sha256, after_sha256;	/* hex of the whole file around
						   this operation; STR_NONE: no file */
	/* stale_base, expect: what is there now */
	struct str current_sha256;	/* of the file; STR_NONE if missing */
	struct str current_text;	/* span and 3 lines around, valid UTF-8, cut */
};

struct plan_file {
	struct str path;
	bool exists_before, exists_after;
	struct str before, after;	/* bytes */
	struct sha256 before_sha256, after_sha256;
	struct file_id id;		/* what was read, to notice a change */
	unsigned mode;			/* permission bits of the result */
	struct str staged;		/* name in the staging directory once staged */
};

struct plan {
	struct plan_result *results;	/* one per operation */
	size_t n_results;
	struct plan_file *files;	/* only files that change, in path order */
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
