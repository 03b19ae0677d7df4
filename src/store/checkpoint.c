#include <errno.h>
#include <sys/stat.h>

#include "store/db_private.h"

/* Writers wait while the checkpointer waits for readers: not for long. */
#define READERS_WAIT_MS	50

int
db_checkpoint(struct db *db, int64_t min_bytes, struct err *e)
{
	struct stat st;
	int rc;

	if (db_refresh(db, e) < 0)
		return -1;
	if (stat(db->wal_path, &st) != 0 || st.st_size == 0 ||
	    st.st_size < min_bytes)
		return 0;
	if (lock_take(db, e) != 0)
		return -1;
	sqlite3_busy_timeout(db->handle, READERS_WAIT_MS);
	errno = 0;
	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		store_fault(db, rc, "cannot checkpoint", e);
	sqlite3_busy_timeout(db->handle, db->options.busy_ms);
	lock_drop(db);
	if (rc == SQLITE_BUSY)
		return 0;
	return rc == SQLITE_OK ? 1 : -1;
}
