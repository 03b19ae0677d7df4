/* backup.h - a database as one file: made while others write, and made ready
 * to take its place.
 *
 * The snapshot is held for as long as the copy takes.  So it is one pass,
 * however much is written meanwhile (SQLite's backup begins again after each
 * write, if its source is let go between two steps); what it costs is that the
 * WAL cannot be begun again before it is done. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/chain.h"

/* The end of the chain in a snapshot. */
struct backup_mark {
	int64_t seq;		/* 0: no events, or all are sealed */
	struct sha256 hash;	/* of it */
};

/* Open a database of any schema for reading; ERR_STORE_FAILED when it is not
 * one of ours.  *version is that of its schema. */
int backup_open(const char *path, int busy_ms, struct db **out,
    int64_t *version, struct err *e);
/* Begin to read; db_read_end() gives the snapshot up. */
int backup_snapshot(struct db *db, struct backup_mark *out, struct err *e);
/* Copy the snapshot into the file `to`, which is there and empty: one file
 * without a WAL, synced.  p is told of pages. */
int backup_copy(struct db *db, const char *to, const struct chain_progress *p,
    struct err *e);
/* Is that copy sound, and does its chain end where the snapshot's did? */
int backup_check(const char *path, const struct backup_mark *want,
    struct err *e);

/* Give a copy with the schema of this program a new epoch, and its journal
 * mode; *epoch (arena).  One synced file is left. */
int backup_renew(const char *path, struct arena *a, struct str *epoch,
    struct err *e);
/* Bring the WAL of a database that was put aside into its file.  False: somebody
 * reads what only the WAL has, and the two belong together. */
bool backup_fold(const char *path);

#endif
