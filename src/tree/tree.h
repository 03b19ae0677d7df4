/* tree.h - inside of workspace: reaching names below the root one at a time. */
#ifndef TREE_TREE_H
#define TREE_TREE_H

#include "tree/workspace.h"

#define STAGE_NAME ".patchwarden"

struct workspace {
	int root;
	int stage;		/* -1 until it is needed */
};

/* path.c */
/* "a/b/c" is "a/b" and "c"; "c" is "" and "c". */
struct str path_folder(struct str path);
struct str path_name(struct str path);

/* beneath.c */
/* openat2 that never leaves the root, never follows a link.  -1 and errno. */
int open_beneath(const struct workspace *ws, struct str path, int flags);
/* The same with the refusal a client gets; 0: there is none, and *fd is -1. */
int open_beneath_or(const struct workspace *ws, struct str path, int flags,
    int *fd, struct err *e);
/* The folder a path is in, for renames: 1, 0 when it is missing, -1. */
int folder_open(const struct workspace *ws, struct str path, int *fd,
    struct err *e);
/* The hash of a regular file in an open folder, by its last name: 1; 0 when
 * there is none; -1 with e.  Anything but a regular file hashes to *other.
 * mode (NULL: not asked for) gets the permission bits. */
int name_hash(int folder, const char *name, struct sha256 *h, unsigned *mode,
    bool *other, struct err *e);

/* Is that file a regular one with these bytes?  1, 0, -1 with e. */
int name_equals(int folder, const char *name, struct str want, struct err *e);

/* All of an open file; ERR_BUSY when its size is not what it was. */
int read_all(int fd, struct arena *a, size_t max, struct str *out,
    struct err *e);

/* stage.c */
/* Open the staging directory, made when missing. */
int stage_open(struct workspace *ws, struct err *e);
/* "<batch>.<n>-old" and "<batch>.dirs" for a staged name "<batch>.<n>". */
struct str staged_old(struct arena *a, struct str staged);
struct str staged_folders(struct arena *a, struct str staged);
/* The folders that were missing when the batch was staged, outermost first. */
int folders_read(struct workspace *ws, struct arena *a, struct str staged,
    struct str **list, size_t *n, struct err *e);

/* Tests: do without RENAME_EXCHANGE and RENAME_NOREPLACE, as on file systems
 * that do not have them. */
extern bool tree_plain_renames;

/* rename.c: one journal row, forwards or backwards, by one rename. */
/* -1 with e when nothing was done (ERR_STALE_BASE when the target is not what
 * the row says). */
int row_forward(struct workspace *ws, struct arena *a,
    const struct journal_file *row, struct err *e);
int row_back(struct workspace *ws, struct arena *a,
    const struct journal_file *row, struct err *e);
/* After a kill between the steps that stand in for one rename: as if it had
 * happened, or not. */
void row_settle(struct workspace *ws, struct arena *a,
    const struct journal_file *row);

/* publish.c: rows come from the database; still, only names below are used. */
int rows_check(const struct journal_file *rows, size_t n, struct err *e);

/* folders.c */
/* Make the folders on the way to path; remove those of a batch again, if they
 * are empty. */
int folders_make(const struct workspace *ws, struct str path, struct err *e);
void folders_remove(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n);
/* Sync every folder that a rename of the rows touched, each once. */
int folders_sync(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, struct err *e);

#endif
