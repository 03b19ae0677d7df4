#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/id.h"
#include "store/db_private.h"

#define STEP_PAGES 2048		/* 8 MB: some 10 ms */
#define RENEW_BUSY_MS 5000
#define FOLD_BUSY_MS 500

int
backup_open(const char *path, int busy_ms, struct db **out, int64_t *version,
    struct err *e)
{
	const struct db_options o = { .path = path, .mode = DB_RO,
	    .busy_ms = busy_ms };
	bool migrations = false, events = false;

	if (db_open(&o, true, out, e) != 0)
		return -1;
	if (db_table_exists(*out, "schema_migrations", &migrations, e) != 0 ||
	    db_table_exists(*out, "event", &events, e) != 0)
		goto fail;
	if (!migrations || !events) {
		err_set(e, ERR_STORE_FAILED, "%s is no database of"
		    " Patchwarden", path);
		goto fail;
	}
	if (stmt_one_int(db_stmt(*out, "SELECT coalesce(max(version), 0)"
	    " FROM schema_migrations"), version, e) == 0)
		return 0;
fail:
	db_close(*out);
	*out = NULL;
	return -1;
}

static int
mark_read(struct db *db, struct backup_mark *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT seq, hash FROM event"
	    " WHERE seq = (SELECT max(seq) FROM event)");
	int rc = stmt_step(s, e);
	struct str hash;

	*out = (struct backup_mark){ 0 };
	if (rc <= 0)
		return rc;
	out->seq = stmt_int(s, 0);
	hash = stmt_str(s, 1);
	if (hash.len == sizeof(out->hash.b))
		memcpy(out->hash.b, hash.p, hash.len);
	stmt_reset(s);
	return 0;
}

int
backup_snapshot(struct db *db, struct backup_mark *out, struct err *e)
{
	if (db_read_begin(db, e) != 0)
		return -1;
	if (mark_read(db, out, e) == 0)
		return 0;
	db_read_end(db);
	return -1;
}

/* -- a file that nobody else has open -- */

/* Without a struct db: its settings are for files that others use, too. */
static int
file_open(const char *path, sqlite3 **out, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		return 0;
	store_fault_of(*out, path, rc, "cannot open the copy", e);
	sqlite3_close(*out);
	*out = NULL;
	return -1;
}

static int
file_exec(sqlite3 *h, const char *path, const char *sql, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_exec(h, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : store_fault_of(h, path, rc,
	    "cannot finish the copy", e);
}

/* The last one to close takes the WAL away, so that the file is all there is;
 * then it is synced. */
static int
file_close(sqlite3 *h, const char *path, int rc, struct err *e)
{
	int fd;

	if (sqlite3_close(h) != SQLITE_OK && rc == 0)
		rc = err_set(e, ERR_INTERNAL, "%s could not be closed", path);
	if (rc != 0)
		return -1;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = err_sys(e, "cannot sync %s", path);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
pages_copy(struct db *db, sqlite3 *to, const char *path,
    const struct chain_progress *p, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", db->handle, "main");
	int rc = SQLITE_OK;

	errno = 0;
	if (!b)
		return store_fault_of(to, path, sqlite3_errcode(to),
		    "cannot begin the copy", e);
	while (rc == SQLITE_OK) {
		rc = sqlite3_backup_step(b, STEP_PAGES);
		if (p && (rc == SQLITE_OK || rc == SQLITE_DONE))
			p->tell(p->arg, sqlite3_backup_pagecount(b) -
			    sqlite3_backup_remaining(b),
			    sqlite3_backup_pagecount(b), 0);
	}
	if (rc != SQLITE_DONE)
		store_fault_of(to, path, rc, "cannot copy", e);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? 0 : -1;
}

int
backup_copy(struct db *db, const char *to, const struct chain_progress *p,
    struct err *e)
{
	sqlite3 *h;
	int rc;

	if (!db_in_transaction(db))
		return err_set(e, ERR_INTERNAL, "a copy without a snapshot");
	if (file_open(to, &h, e) != 0)
		return -1;
	/* a copy that fails is thrown away: it needs no journal of its own */
	rc = file_exec(h, to, "PRAGMA synchronous = OFF;"
	    " PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF", e);
	if (rc == 0)
		rc = pages_copy(db, h, to, p, e);
	/* the header came with it, and says WAL */
	if (rc == 0)
		rc = file_exec(h, to, "PRAGMA journal_mode = DELETE", e);
	return file_close(h, to, rc, e);
}

int
backup_check(const char *path, const struct backup_mark *want, struct err *e)
{
	struct backup_mark have;
	struct db *db;
	int64_t version;
	int rc = -1;

	if (backup_open(path, RENEW_BUSY_MS, &db, &version, e) != 0)
		return -1;
	if (db_integrity(db, e) != 0 || mark_read(db, &have, e) != 0)
		goto out;
	if (have.seq != want->seq || !sha256_eq(have.hash, want->hash)) {
		err_set(e, ERR_STORE_FAILED, "the copy %s ends in another event"
		    " than what was copied", path);
		goto out;
	}
	rc = 0;
out:
	db_close(db);
	return rc;
}

static int
epoch_write(struct db *db, struct str epoch, struct err *e)
{
	struct stmt *s;

	if (db_begin(db, e) != 0)
		return -1;
	s = db_stmt(db, "UPDATE property SET value = :epoch"
	    " WHERE key = 'epoch'");
	stmt_bind_str(s, ":epoch", epoch);
	if (stmt_run(s, e) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int
backup_renew(const char *path, struct arena *a, struct str *epoch,
    struct err *e)
{
	const struct db_options o = { .path = path, .mode = DB_RW,
	    .busy_ms = RENEW_BUSY_MS, .synchronous_full = true };
	struct str lock = arena_fmt(a, "%s-lock", path);
	struct db *db;
	sqlite3 *h;
	int rc;

	*epoch = uuid7(a);
	if (db_open(&o, false, &db, e) != 0)
		return -1;
	rc = epoch_write(db, *epoch, e);
	db_close(db);
	unlink(lock.p);
	if (rc != 0 || file_open(path, &h, e) != 0)
		return -1;
	rc = file_exec(h, path, "PRAGMA journal_mode = WAL;"
	    " PRAGMA wal_checkpoint(TRUNCATE)", e);
	return file_close(h, path, rc, e);
}

bool
backup_fold(const char *path)
{
	sqlite3 *h;
	int rc;

	if (file_open(path, &h, NULL) != 0)
		return false;
	sqlite3_busy_timeout(h, FOLD_BUSY_MS);
	/* before the first look SQLite does not know that there is a WAL */
	rc = sqlite3_exec(h, "SELECT count(*) FROM sqlite_schema", NULL, NULL,
	    NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_wal_checkpoint_v2(h, NULL,
		    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(h);
	return rc == SQLITE_OK;
}
