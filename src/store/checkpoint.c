#include <errno.h>
#include <sys/stat.h>

#include "store/db_private.h"

/* Writers wait while the checkpointer waits for readers: not for long. */
#define READERS_WAIT_MS	50
/* … but for longer when the WAL is twice as long as it should be. */
#define READERS_LATE_MS	1000

/* A writer that finds the WAL that long sees to it itself: nobody else does, or
 * does not get the lock.  Tried again when it has grown by as much, whoever it
 * was that tried: a reader that stays, as a backup does, holds up one writer
 * then, not each process in turn. */
#define WAL_OVERDUE_BYTES ((int64_t)MIB(64))

/* Under the lock. */
static int
checkpoint_locked(struct db *db, int how, int wait_ms, struct err *e)
{
	int rc;

	sqlite3_busy_timeout(db->handle, wait_ms);
	errno = 0;
	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, how, NULL, NULL);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		store_fault(db, rc, "cannot checkpoint", e);
	sqlite3_busy_timeout(db->handle, db->options.busy_ms);
	if (rc == SQLITE_BUSY)
		return 0;
	return rc == SQLITE_OK ? 1 : -1;
}

static int
checkpoint(struct db *db, int how, struct err *e)
{
	int rc;

	if (lock_take(db, e) != 0)
		return -1;
	rc = checkpoint_locked(db, how, READERS_WAIT_MS, e);
	lock_drop(db);
	return rc;
}

/* What fails here fails again for whoever checkpoints next, and is told then:
 * the transaction is done. */
void
checkpoint_overdue(struct db *db)
{
	struct stat st;
	int64_t tried;

	if (stat(db->wal_path, &st) != 0 || st.st_size < WAL_OVERDUE_BYTES)
		return;
	tried = lock_note(db);
	if (st.st_size >= tried && st.st_size < tried + WAL_OVERDUE_BYTES)
		return;
	tried = checkpoint_locked(db, SQLITE_CHECKPOINT_TRUNCATE,
	    st.st_size < 2 * WAL_OVERDUE_BYTES ? READERS_WAIT_MS :
	    READERS_LATE_MS, NULL) == 1 ? 0 : st.st_size;
	lock_note_set(db, tried);
}

int
db_checkpoint(struct db *db, int64_t min_bytes, struct err *e)
{
	struct stat st;

	if (db_refresh(db, e) < 0)
		return -1;
	if (stat(db->wal_path, &st) != 0 || st.st_size == 0 ||
	    st.st_size < min_bytes)
		return 0;
	return checkpoint(db, SQLITE_CHECKPOINT_TRUNCATE, e);
}

/* The WAL keeps its size here, so its time tells whether there is news.  It is
 * only looked at from outside: to open and close -shm (or the database) would
 * drop the locks that SQLite holds on it for this process. */
int
db_checkpoint_passive(struct db *db, int64_t min_bytes, struct err *e)
{
	struct stat st;

	if (db_refresh(db, e) < 0)
		return -1;
	if (stat(db->wal_path, &st) != 0 || st.st_size < min_bytes ||
	    (st.st_mtim.tv_sec == db->wal_moved.tv_sec &&
	    st.st_mtim.tv_nsec == db->wal_moved.tv_nsec))
		return 0;
	db->wal_moved = st.st_mtim;
	return checkpoint(db, SQLITE_CHECKPOINT_PASSIVE, e);
}

int
db_integrity(struct db *db, struct err *e)
{
	struct stmt *s = db_stmt(db, "PRAGMA quick_check(1)");
	struct err found = { 0 };
	int rc = stmt_step(s, e);

	if (rc > 0 && !str_is(stmt_str(s, 0), "ok"))
		err_set(&found, ERR_STORE_FAILED, "the database is damaged: "
		    "%.*s; restore a backup, keep this copy",
		    STR_ARG(stmt_str(s, 0)));
	stmt_reset(s);
	if (rc < 0)
		return -1;
	if (found.kind == ERR_NONE) {
		s = db_stmt(db, "PRAGMA foreign_key_check");
		rc = stmt_step(s, e);
		if (rc > 0)
			err_set(&found, ERR_STORE_FAILED, "table %.*s refers "
			    "to a row that is not there",
			    STR_ARG(stmt_str(s, 0)));
		stmt_reset(s);
	}
	if (rc < 0)
		return -1;
	if (found.kind != ERR_NONE) {
		if (e)
			*e = found;
		return -1;
	}
	return 0;
}
