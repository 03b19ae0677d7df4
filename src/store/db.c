#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/db_private.h"
#include "store/event_row.h"
#include "store/schema.h"
#include "store/swap.h"

/* How often a long query looks at the clock, in steps of SQLite's machine. */
#define DEADLINE_STEPS	2000
/* It is replaced by hand: once in a while, not twice in a moment. */
#define CONNECT_TRIES	5

/* Not in every linux/magic.h. */
#define CIFS_MAGIC	0xff534d42
#define SMB2_MAGIC	0xfe534d42

static int
past_deadline(void *arg)
{
	const struct db *db = arg;

	return db->deadline_at && !db->writing &&
	    clock_mono_ms() >= db->deadline_at;
}

void
db_deadline_ms(struct db *db, int ms)
{
	db->deadline_ms = ms;
	db->deadline_at = ms > 0 ? clock_mono_ms() + ms : 0;
	if (db->handle)
		sqlite3_progress_handler(db->handle, ms > 0 ? DEADLINE_STEPS : 0,
		    ms > 0 ? past_deadline : NULL, db);
}

int
db_exec(struct db *db, const char *sql, const char *doing, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : store_fault(db, rc, doing, e);
}

int
db_table_exists(struct db *db, const char *name, bool *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE type = 'table' AND name = :name");
	int64_t n = 0;

	stmt_bind_str(s, ":name", str(name));
	if (stmt_one_int(s, &n, e) != 0)
		return -1;
	*out = n > 0;
	return 0;
}

/* What must hold on every connection, whoever set up the file. */
static int
connection_set(struct db *db, struct err *e)
{
	sqlite3 *h = db->handle;

	sqlite3_extended_result_codes(h, 1);
	sqlite3_busy_timeout(h, db->options.busy_ms);
	sqlite3_limit(h, SQLITE_LIMIT_ATTACHED, 0);
	/* Nobody but the checkpointer moves the WAL, also not the last one to
	 * close. */
	sqlite3_wal_autocheckpoint(h, 0);
	sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (db_exec(db, db->options.synchronous_full ?
	    "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
	    "cannot set up", e) != 0)
		return -1;
	if (db->options.mode == DB_RO &&
	    db_exec(db, "PRAGMA query_only = ON", "cannot set up", e) != 0)
		return -1;
	return db_exec(db, "PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0;"
	    " PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000",
	    "cannot set up", e);
}

void
db_companion_set(struct db *db, const struct db_companion *c, void *ctx)
{
	db->companion = c;
	db->companion_ctx = ctx;
}

void *
db_companion(const struct db *db)
{
	return db->companion_ctx;
}

static void
db_disconnect(struct db *db)
{
	if (db->companion)
		db->companion->undone(db->companion_ctx);
	stmts_free(db);
	sqlite3_close(db->handle);
	db->handle = NULL;
	lock_close(db);
}

/* Open the handle and touch the file, so that what is wrong shows here. */
static int
handle_open(struct db *db, int flags, struct err *e)
{
	int rc;

	errno = 0;
	rc = sqlite3_open_v2(db->path, &db->handle, flags |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK)
		store_fault(db, rc, "cannot open the database", e);
	else if (connection_set(db, e) == 0 &&
	    db_exec(db, "SELECT count(*) FROM sqlite_schema",
	    "cannot read the database", e) == 0)
		return 0;
	db_disconnect(db);
	return -1;
}

static int
file_check(struct db *db, struct err *e)
{
	struct statfs fs;
	struct stat st;

	if (stat(db->path, &st) != 0) {
		if (errno == ENOENT)
			return err_set(e, ERR_STORE_FAILED, "there is no"
			    " database %s; patchctl db migrate makes it",
			    db->path);
		return err_set(e, ERR_STORE_FAILED, "cannot look at %s: %s",
		    db->path, strerror(errno));
	}
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_STORE_FAILED, "%s is not a file",
		    db->path);
	if (statfs(db->path, &fs) == 0 && (fs.f_type == NFS_SUPER_MAGIC ||
	    fs.f_type == SMB_SUPER_MAGIC || fs.f_type == CIFS_MAGIC ||
	    fs.f_type == SMB2_MAGIC || fs.f_type == AFS_SUPER_MAGIC))
		return err_set(e, ERR_STORE_FAILED, "%s is on a network file"
		    " system, whose locks cannot be relied on", db->path);
	db->dev = st.st_dev;
	db->ino = st.st_ino;
	return 0;
}

static int
schema_check(struct db *db, struct err *e)
{
	bool there = false;
	int64_t version = 0;

	if (db_table_exists(db, "schema_migrations", &there, e) != 0)
		return -1;
	if (there && stmt_one_int(db_stmt(db, "SELECT coalesce(max(version), 0)"
	    " FROM schema_migrations"), &version, e) != 0)
		return -1;
	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_SCHEMA_NEWER, "%s has schema %lld, this"
		    " program knows %d", db->path, (long long)version,
		    SCHEMA_VERSION);
	if (version < SCHEMA_VERSION)
		return err_set(e, ERR_SCHEMA_OLDER, "%s has schema %lld, this"
		    " program needs %d", db->path, (long long)version,
		    SCHEMA_VERSION);
	return 0;
}

static int
epoch_read(struct db *db, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT value FROM property"
	    " WHERE key = 'epoch'");
	int rc = stmt_step(s, e);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_STORE_FAILED, "%s has no epoch",
		    db->path);
	snprintf(db->epoch, sizeof(db->epoch), "%.*s", STR_ARG(stmt_str(s, 0)));
	stmt_reset(s);
	return 0;
}

static bool
file_is_same(const struct db *db)
{
	struct stat st;

	return stat(db->path, &st) == 0 && st.st_dev == db->dev &&
	    st.st_ino == db->ino;
}

bool
db_was_replaced(const struct db *db)
{
	return !file_is_same(db);
}

static int
connect_once(struct db *db, struct err *e)
{
	int rc;

	if (file_check(db, e) != 0)
		return -1;
	if (db->options.mode == DB_RW) {
		rc = handle_open(db, SQLITE_OPEN_READWRITE, e);
	} else {
		/* A reader may have to make the -shm file anew, which some
		 * circumstances forbid to a connection that is read-only;
		 * query_only holds in either case. */
		rc = handle_open(db, SQLITE_OPEN_READONLY, NULL);
		if (rc != 0)
			rc = handle_open(db, SQLITE_OPEN_READWRITE, e);
	}
	if (rc != 0)
		return -1;
	if (!db->any_schema &&
	    (schema_check(db, e) != 0 || epoch_read(db, e) != 0)) {
		db_disconnect(db);
		return -1;
	}
	db_deadline_ms(db, db->deadline_ms);
	return 0;
}

/* A file that was replaced while it was opened may have been joined with a WAL
 * that is not its own: that connection is for nothing. */
static int
db_connect(struct db *db, struct err *e)
{
	int rc = -1;

	for (int i = 0; i < CONNECT_TRIES; i++) {
		if (swap_heal(db, e) < 0)
			return -1;
		rc = connect_once(db, e);
		if (file_is_same(db))
			return rc;
		db_disconnect(db);
	}
	return rc == 0 ? err_set(e, ERR_BUSY, "%s is being replaced",
	    db->path) : -1;
}

static char *
joined(const char *path, const char *suffix)
{
	char *p;

	if (asprintf(&p, "%s%s", path, suffix) < 0)
		abort();
	return p;
}

/* SQLite would make it with the rights of the umask. */
static int
file_create(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);

	if (fd < 0) {
		if (errno == EEXIST)
			return 0;
		err_sys(e, "cannot create %s", path);
		if (e && e->kind == ERR_IO)
			e->kind = ERR_STORE_FAILED;
		return -1;
	}
	if (fchmod(fd, 0660) != 0) {
		err_sys(e, "cannot set the rights of %s", path);
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int
db_open(const struct db_options *o, bool any_schema, struct db **out,
    struct err *e)
{
	struct db *db;

	db = calloc(1, sizeof(*db));
	if (!db)
		abort();
	db->options = *o;
	db->any_schema = any_schema;
	db->lock_fd = -1;
	db->path = joined(o->path, "");
	db->lock_path = joined(o->path, "-lock");
	db->wal_path = joined(o->path, "-wal");
	db->options.path = db->path;
	if (swap_heal(db, e) < 0 || (any_schema && o->mode == DB_RW &&
	    file_create(o->path, e) != 0) || db_connect(db, e) != 0) {
		db_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	db_rollback(db);
	db_disconnect(db);
	if (db->companion)
		db->companion->drop(db->companion_ctx);
	row_hasher_free(db->hasher);
	free(db->path);
	free(db->lock_path);
	free(db->wal_path);
	free(db);
}

struct str
db_epoch(const struct db *db)
{
	return str(db->epoch);
}

int
db_refresh(struct db *db, struct err *e)
{
	if (db->handle && file_is_same(db))
		return 0;
	db_disconnect(db);
	return db_connect(db, e) == 0 ? 1 : -1;
}
