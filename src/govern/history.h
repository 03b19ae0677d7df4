/* history.h - the versions of a file that were made through us.
 *
 * Read under the lock of the workspace, behind held_begin(): the rows of a
 * batch that a crash cut off are settled then. */
#ifndef GOVERN_HISTORY_H
#define GOVERN_HISTORY_H

#include "edit/plan.h"
#include "store/file_edit.h"

struct history_source {
	struct db *db;
	struct str workspace;
	size_t held;		/* bytes of scripts in memory so far */
};

/* For plan_make(); from is borrowed. */
struct plan_versions history_versions(struct history_source *from);

/* A walk through the edits of a file, from its content now back to an older one
 * or to a row. */
struct history_walk {
	struct str path;
	struct str now;			/* SHA256_BYTES; STR_NONE: no file */
	const struct sha256 *base;	/* NULL: to first_id, which is part */
	int64_t first_id;
	/* the way there, newest first, in the arena */
	struct file_edit *rows;
	size_t n, cap;
	/* there is none: one sentence that tells why */
	struct str why;
};
/* 1 when an unbroken chain of edits leads there, 0 and w->why, -1 with e. */
int history_walk(const struct history_source *from, struct arena *a,
    struct history_walk *w, struct err *e);

/* The script of a row.  -1 with ERR_STORE_FAILED when it is damaged, with
 * ERR_LIMIT_EXCEEDED when BATCH_MAX_BYTES of them are held. */
int history_script(struct history_source *from, struct arena *a,
    const struct file_edit *row, struct script *out, struct err *e);

#endif
