#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db_private.h"

/* Writers wait while the checkpointer waits for readers: not for long. */
#define READERS_WAIT_MS	50

/* The wal-index (SQLite's walformat.html): native byte order. */
#define INDEX_FRAMES_AT		16	/* mxFrame: frames in the WAL */
#define INDEX_BACKFILL_AT	96	/* nBackfill: frames checkpointed */
#define FRAME_BYTES		4120	/* a page of 4096 and its head */

static int
checkpoint(struct db *db, int how, struct err *e)
{
	int rc;

	if (lock_take(db, e) != 0)
		return -1;
	sqlite3_busy_timeout(db->handle, READERS_WAIT_MS);
	errno = 0;
	rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, how, NULL, NULL);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		store_fault(db, rc, "cannot checkpoint", e);
	sqlite3_busy_timeout(db->handle, db->options.busy_ms);
	lock_drop(db);
	if (rc == SQLITE_BUSY)
		return 0;
	return rc == SQLITE_OK ? 1 : -1;
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

/* Bytes of the WAL that are not in the database yet. */
static int64_t
pending(const struct db *db)
{
	struct buf path = BUF_INIT(PATH_MAX);
	uint32_t frames = 0, done = 0;
	int fd;

	/* "-wal" becomes "-shm" */
	buf_add(&path, str_n(db->wal_path, strlen(db->wal_path) - 4));
	buf_adds(&path, "-shm");
	fd = open(path.p, O_RDONLY | O_CLOEXEC);
	buf_free(&path);
	if (fd < 0)
		return 0;
	if (pread(fd, &frames, sizeof(frames), INDEX_FRAMES_AT) !=
	    sizeof(frames) ||
	    pread(fd, &done, sizeof(done), INDEX_BACKFILL_AT) != sizeof(done))
		frames = done = 0;
	close(fd);
	return frames > done ? (int64_t)(frames - done) * FRAME_BYTES : 0;
}

int
db_checkpoint_passive(struct db *db, int64_t min_bytes, struct err *e)
{
	if (db_refresh(db, e) < 0)
		return -1;
	if (pending(db) < min_bytes)
		return 0;
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
