/* backup.h - a backup of the database while everything runs, and the way back.
 *
 * The tree is no part of it: what was edited since a backup is, after it was
 * restored, a change that nobody told the database about. */
#ifndef GOVERN_BACKUP_H
#define GOVERN_BACKUP_H

#include "model/config.h"
#include "store/backup.h"

struct backup_told {
	const struct chain_progress *copy, *verify;	/* may be NULL */
};

struct backup_done {
	int64_t seq;		/* of its last event; 0: none */
	struct str hash;	/* of that, in hexadecimal */
	int64_t bytes;
	/* Of a restore: what the database has become, and where the one of
	 * before is; STR_NONE: there was none. */
	struct str epoch, aside;
	bool migrated;
	struct str note;	/* what the operator should know; STR_NONE */
};

/* A copy of the database as `file`, complete and checked, or nothing.
 * ERR_EXISTS without force when there is one. */
int backup_make(const struct config *cfg, struct arena *a, const char *file,
    bool force, const struct backup_told *told, struct backup_done *out,
    struct err *e);

/* Check `file` and put a copy of it, with a new epoch, in the place of the
 * database; batches that a crash left in either are brought to their end, as
 * far as they can be.  ERR_BUSY while a batch is at work; ERR_SCHEMA_NEWER;
 * ERR_CHAIN_BROKEN (unless not verify).  Whatever happens, the database is the
 * one of before or the new one. */
int backup_restore(const struct config *cfg, struct arena *a,
    const char *file, bool verify, const struct backup_told *told,
    struct backup_done *out, struct err *e);

#endif
