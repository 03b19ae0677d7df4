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

/* How far back to walk: to a content, or to a row. */
struct history_end {
	const struct sha256 *base;	/* NULL: to first_id, which is part */
	int64_t first_id;
};

/* The rows of a path from its content now (SHA256_BYTES; STR_NONE: no file) back
 * to that end, the newest first.  1 with *rows (arena); 0 when no unbroken chain
 * leads there, and *why (one sentence) tells; -1 with e. */
int history_walk(const struct history_source *from, struct arena *a,
    struct str path, struct str now, const struct history_end *end,
    struct file_edit **rows, size_t *n, struct str *why, struct err *e);

/* The script of a row.  -1 with ERR_STORE_FAILED when it is damaged, with
 * ERR_LIMIT_EXCEEDED when BATCH_MAX_BYTES of them are held. */
int history_script(struct history_source *from, struct arena *a,
    const struct file_edit *row, struct script *out, struct err *e);

#endif
