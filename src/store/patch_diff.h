/* patch_diff.h - table patch_diff: the unified diff of a patch, any bytes. */
#ifndef STORE_PATCH_DIFF_H
#define STORE_PATCH_DIFF_H

#include "store/db.h"

/* Inside db_begin(); replaces one that is there. */
int patch_diff_put(struct db *db, struct str patch_id, struct str diff,
    struct err *e);
/* Inside db_begin(); fine when there is none. */
int patch_diff_drop(struct db *db, struct str patch_id, struct err *e);
/* 1 and *diff (arena), 0 when there is none, -1. */
int patch_diff_get(struct db *db, struct arena *a, struct str patch_id,
    struct str *diff, struct err *e);

#endif
