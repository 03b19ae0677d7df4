/* workspace.h - a directory tree, reached only by openat2 below its root.
 *
 * The crash-safe part of a batch.  Order of use, under the workspace's lock:
 * workspace_stage() → journal row (store) → workspace_publish() → outcome row
 * (store) → workspace_clean().  Until publish nothing of the tree has changed;
 * each publish step is one atomic rename that can be undone by the same rename.
 *
 * A new file has the owner (as far as we may), group and permission bits of the
 * one it replaces; extended attributes and access lists stay behind. */
#ifndef TREE_WORKSPACE_H
#define TREE_WORKSPACE_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

struct workspace;

struct file_id {		/* a file as it was read */
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
};

/* A file that a batch changes, as it was and as it will be. */
struct file_change {
	struct str path;
	bool exists_before, exists_after;
	struct str before, after;	/* bytes */
	struct sha256 before_sha256, after_sha256;
	struct file_id id;		/* what was read, to notice a change */
	unsigned mode;			/* permission bits of the result */
	bool mode_only;			/* nothing else changes */
	struct str staged;		/* name in .patchwarden/ once staged */
};

enum journal_action { JOURNAL_REPLACE, JOURNAL_CREATE, JOURNAL_DELETE };

/* "replace", "create", "delete": as the journal's table has them. */
extern const char *const journal_action_names[JOURNAL_DELETE + 1];

/* One rename of a batch, as the journal keeps it. */
struct journal_file {
	enum journal_action action;
	struct str path;
	struct str staged;	/* name in .patchwarden/; unique per batch and file */
	struct str before_sha256, after_sha256;	/* hex; STR_NONE: no file */
	int64_t mode;		/* afterwards, when only that changes; else -1 */
	/* The bytes before_sha256 is of, which take less time to compare than to
	 * hash; STR_NONE when they are not at hand. */
	struct str before;
};

/* 0 and *out to be workspace_close()d; ERR_NOT_READY when root is missing. */
int workspace_open(const char *root, struct workspace **out, struct err *e);
void workspace_close(struct workspace *ws);	/* NULL is fine */

/* Name check only: relative, no empty, . or .. part, no control characters or
 * backslashes, valid UTF-8, not .git or .patchwarden or below (any case).
 * ERR_PATH_ESCAPE, ERR_PATH_DENIED, ERR_INVALID. */
int path_check(struct str path, struct err *e);

/* Read a regular file with one link.  1 and *out (arena) when it exists, 0 when
 * it does not (also when a folder on the way is missing), -1 when it may not be
 * read (link, device, too large, hard-linked, changing all the time: ERR_BUSY).
 * id and mode (permission bits) may be NULL. */
int workspace_read(struct workspace *ws, struct arena *a, struct str path,
    size_t max_bytes, struct str *out, struct file_id *id, unsigned *mode,
    struct err *e);

/* Write and sync the new contents of all files into the staging directory and
 * fill their journal rows (n rows in *rows, arena); re-reads and hashes each.
 * batch_id: letters, digits, dashes.  Nothing is left behind on a fault. */
int workspace_stage(struct workspace *ws, struct arena *a, struct str batch_id,
    struct file_change *files, size_t n, struct journal_file **rows,
    struct err *e);

/* Rename all into place and sync the folders.  On a fault, or when a target is
 * no longer what the row says (someone wrote behind our back), everything
 * already done is undone and -1 returned (ERR_STALE_BASE with the path).
 * ERR_NOT_READY: undoing failed too; the journal has to stay open, and
 * workspace_recover() decides. */
int workspace_publish(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, struct err *e);

enum recover_result { RECOVER_DONE, RECOVER_UNDONE };
/* After a crash: bring the rows of an open journal to one end, by hash.  Rolls
 * forward when that is possible, else undoes; a file that someone else changed
 * meanwhile stays as it is.  May itself be killed and run again at any point.
 * 0 with *what, -1 when the tree cannot be reached or when neither end can be
 * (ERR_NOT_READY: someone emptied the staging directory). */
int workspace_recover(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, enum recover_result *what,
    struct err *e);

/* Remove what a finished batch left in the staging directory; best effort. */
void workspace_clean(struct workspace *ws, const struct journal_file *rows,
    size_t n);
/* Remove every staged file that belongs to no open journal (caller holds the
 * workspace's lock and has recovered). */
void workspace_sweep(struct workspace *ws);
/* Only those of batches whose id begins so: who shares the tree with others
 * who stage in it keeps to its own. */
void workspace_sweep_of(struct workspace *ws, struct str prefix);

#endif
