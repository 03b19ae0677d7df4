/* plan.h - compute what a batch would do, in memory.
 *
 * Nothing is written, nor is it looked at again: block files are read as they
 * are on disk, before the batch.  Every operation gets a result: an edit with
 * its own unified diff, or the error that refuses it.  The diff of operation
 * k is from the files after operations 1..k-1 to the files after 1..k (batch
 * order), so applying the diffs of a batch one after the other with patch -p1
 * or git apply gives the tree after the batch.
 *
 * Order of use: plan_make(), then whoever has a say refuses operations with
 * plan_refuse() (policy), then plan_finish().
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
#include "model/patch_event.h"
#include "tree/workspace.h"

enum plan_status { PLAN_OK, PLAN_REFUSED, PLAN_NOT_APPLIED };

/* Lines counted from 0: from the first to before `to`. */
struct line_span {
	size_t from, to;
};

/* What one operation does to one file. */
struct plan_touch {
	size_t file;			/* in plan.seen */
	bool existed, exists;		/* before and after this operation */
	int64_t mode_before, mode;	/* permission bits; -1: there is no file */
	/* In positions of the file as this operation found it; of a file that
	 * is made or removed: all of it. */
	struct script script;
	/* The same hunks, as lines of the file before the batch. */
	struct line_span *lines;
};

struct plan_result {
	enum plan_status status;
	struct str file;		/* the first one; STR_NONE: not known */
	struct err err;			/* PLAN_REFUSED: why; at = "/patches/N/line" */
	/* All files it is about, also when it is refused; some may be there
	 * twice. */
	struct str *names;
	size_t n_names;
	struct plan_touch *touches;	/* in path order; also when refused later */
	size_t n_touches;
	struct str diff;		/* unified, a/ b/ prefixes; "" if nothing changed */
	int64_t lines_added, lines_removed;
	int64_t shift;			/* lines a position was carried; SHIFT_NONE */
	const char *match;		/* "exact", "trailing_space"; NULL: nothing was looked for */
	/* Hex of the whole (first) file before and after the batch (not around
	 * each operation: hashing costs as much as the file is long); STR_NONE
	 * where there is no file, and after when this was not applied. */
	struct str before_sha256, after_sha256;
	/* stale_base, span_conflict, match_*: what is there now */
	struct str current_sha256;	/* of the file; STR_NONE if missing */
	struct str current_text;	/* span and 3 lines around, valid UTF-8, cut */
	int64_t current_line;		/* of its first line, from 1; 0: no text */
	struct str conflict_patch_id;	/* span_conflict: who changed the span */
};

/* A file some operation is about, whether it changes or not. */
struct plan_seen {
	struct str path;
	bool existed, exists;		/* before and after the batch */
	struct str before, after;	/* bytes */
	struct sha256 before_sha256;
};

struct plan {
	struct plan_result *results;	/* one per operation */
	size_t n_results;
	struct plan_seen *seen;		/* in path order */
	size_t n_seen;
	bool refused;			/* some operation was refused */
	/* After plan_finish(): those whose bytes or mode change, in path order. */
	struct file_change *files;
	size_t n_files;
	struct planner *inside;
};

struct plan_limits {
	size_t file_bytes;		/* PATCHWARDEN_FILE_BYTES */
	int64_t open_space_padding;	/* lines left by openSpace */
};

/* What was done to a file since a version of it, oldest first. */
struct history {
	struct script *steps;		/* as script_unpack() gives them */
	struct str *patch_ids;		/* whose each step is */
	size_t n;
};
/* The text that a history began with, from the one it led to; false when they
 * do not belong together. */
bool history_base(struct arena *a, const struct history *h, struct str now,
    struct sha256 base, struct str *out);
/* Where older versions are known (govern/history; NULL: nowhere). */
struct plan_versions {
	void *ctx;
	/* From `base` to `current`, the file's bytes now.  1 with *out; 0 when
	 * that base is not known, and *why (one sentence) tells; -1 with e. */
	int (*since)(void *ctx, struct arena *a, struct str path,
	    struct sha256 base, struct sha256 current, struct history *out,
	    struct str *why, struct err *e);
	/* The version that a file had at a time (ms): 1 and *out; 2 when there
	 * was none; 0 when no change since then is recorded; -1 with e. */
	int (*at)(void *ctx, struct str path, int64_t ms, struct sha256 *out,
	    struct err *e);
};

/* 0 with *out filled (also when operations are refused); -1 only when nothing
 * can be said about operations (the workspace cannot be read). */
int plan_make(struct arena *a, struct workspace *ws,
    const struct patch_batch *batch, const struct plan_limits *limits,
    const struct plan_versions *versions, struct plan *out, struct err *e);
/* Refuse operation k, which was fine so far; e->at may be empty. */
void plan_refuse(struct plan *p, size_t k, const struct err *e);
/* In an atomic batch one refusal makes the others PLAN_NOT_APPLIED and files
 * empty; in any other, what was refused by plan_refuse() is taken out and the
 * rest computed again. */
int plan_finish(struct plan *p, struct err *e);
/* The first fault, the others behind it (at most FAULTS_MAX): those of one
 * operation, too.  ERR_NONE when nothing was refused. */
void plan_faults(const struct plan *p, struct arena *a, struct err *why);

#endif
