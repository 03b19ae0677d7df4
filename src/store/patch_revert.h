/* patch_revert.h - table patch_revert: which patches were taken back; and which
 * ones a revert is about. */
#ifndef STORE_PATCH_REVERT_H
#define STORE_PATCH_REVERT_H

#include "store/db.h"

struct patch_revert {
	struct str patch_id, revert_id, batch_id;
	int64_t reverted_ms;
};

/* Inside db_begin(). */
int patch_revert_insert(struct db *db, const struct patch_revert *r,
    struct err *e);
/* Inside db_begin(): that revert has failed. */
int patch_revert_drop(struct db *db, struct str patch_id, struct str revert_id,
    struct err *e);

/* What to take back. */
enum revert_by {
	REVERT_PATCH,
	REVERT_BATCH,
	REVERT_ORDER,
	REVERT_TASK,
	REVERT_REQUESTER,	/* and since_ms */
	REVERT_BY__MAX
};
struct revert_choice {
	enum revert_by by;
	struct str id;			/* of the patch, batch, …, requester */
	struct str workspace;		/* not looked at for patch and batch */
	int64_t since_ms;
};

/* A patch whose edits are recorded. */
struct reverted_patch {
	struct str patch_id, workspace;
	/* Who took it back and when; STR_NONE: nobody yet. */
	struct str revert_batch;
	int64_t reverted_ms;
};
/* The patches of a choice, the newest first, at most max; in the arena. */
int patch_revert_select(struct db *db, struct arena *a,
    const struct revert_choice *c, size_t max, struct reverted_patch **out,
    size_t *n, struct err *e);

#endif
