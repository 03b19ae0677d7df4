/* swap.h - another file in the place of the database.
 *
 * The name of a database, and those with -wal and -shm behind it, belong
 * together: SQLite reads a WAL that it finds beside a file as that file's.  So
 * the old file goes first, then what belongs to it, then the new one comes;
 * in between there is none, and nobody can open any.  The new one waits as
 * NAME.restored: who finds that and no NAME does what is left to do, under the
 * lock of the writers. */
#ifndef STORE_SWAP_H
#define STORE_SWAP_H

#include "base/arena.h"
#include "store/db.h"

/* Put the file `ready`, in the same folder, in the place of the database at
 * path, which may be missing.  *aside (arena) is where that is now; STR_NONE:
 * there was none.  Takes the writers' lock; ERR_BUSY after busy_ms.
 * When it fails the database is either the old one still, or whoever opens it
 * next puts the new one in. */
int swap_in(const char *path, const char *ready, int busy_ms,
    struct arena *a, struct str *aside, struct err *e);
/* Finish what a crash left, if there is no database and one waits: 1 done, 0
 * nothing to do, -1. */
int swap_heal(struct db *db, struct err *e);

#endif
