/* file_edit.h - table file_edit: what each patch did to each file. */
#ifndef STORE_FILE_EDIT_H
#define STORE_FILE_EDIT_H

#include "store/db.h"

struct file_edit {
	int64_t id;			/* grows in the order of the edits */
	struct str workspace, path;	/* STR_NONE in what file_edit_page() reads */
	struct str batch_id, patch_id;
	struct str reverts;		/* what it takes back; STR_NONE: none */
	int64_t n;			/* the patch's place in its batch */
	int64_t mode_before, mode;	/* permission bits; -1: there is no file */
	/* SHA256_BYTES of the whole file around the batch; STR_NONE: no file */
	struct str before_sha256, after_sha256;
	struct str script;		/* packed; is not read with the rest */
};

/* Inside db_begin(); f->id is not looked at. */
int file_edit_insert(struct db *db, const struct file_edit *f, struct err *e);
/* Inside db_begin(): the patch has failed.  Fine when there is nothing. */
int file_edit_drop(struct db *db, struct str patch_id, struct err *e);

/* The rows of of->workspace and of->path below of->id, newest first, at most
 * max; in the arena. */
int file_edit_page(struct db *db, struct arena *a, const struct file_edit *of,
    size_t max, struct file_edit **out, size_t *n, struct err *e);
/* 1 and *out (arena), 0 when there is no such row, -1. */
int file_edit_script(struct db *db, struct arena *a, int64_t id,
    struct str *out, struct err *e);
/* What the file was when the first batch since that time (ms) began to change
 * it: 1 and *sha256 (arena; STR_NONE: there was none), 0 when no batch has, -1. */
int file_edit_before(struct db *db, const struct file_edit *of, int64_t ms,
    struct arena *a, struct str *sha256, struct err *e);
/* The rows of one patch, in the order of their paths. */
int file_edit_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct file_edit **out, size_t *n, struct err *e);

#endif
