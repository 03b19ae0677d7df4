#include "store/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/id.h"
#include "store/db_private.h"
#include "store/schema.h"

#define MIGRATIONS_MAX		1000	/* NNN */
#define MIGRATION_BYTES		MIB(1)
#define MIGRATE_BUSY_MS		30000	/* somebody waits at a terminal */

struct file {
	struct migration m;
	struct str sql, sha256;
};

struct run {
	struct arena *a;
	const char *dir;
	struct file *files;
	size_t n;
	struct db *db;
};

static int
file_read(struct run *r, struct file *f, struct err *e)
{
	struct str path = arena_fmt(r->a, "%s/%.*s.sql", r->dir,
	    STR_ARG(f->m.name));
	struct buf b = BUF_INIT(MIGRATION_BYTES);
	int fd = open(path.p, O_RDONLY | O_CLOEXEC), rc = -1;
	ssize_t got;
	char *room;

	if (fd < 0)
		return err_set(e, ERR_CONFIG, "cannot read %s: %s", path.p,
		    strerror(errno));
	while ((room = buf_room(&b, KIB(16)))) {
		got = read(fd, room, KIB(16));
		if (got < 0) {
			err_set(e, ERR_CONFIG, "cannot read %s: %s", path.p,
			    strerror(errno));
			goto out;
		}
		buf_added(&b, (size_t)got);
		if (got == 0)
			break;
	}
	rc = buf_check(&b, path.p, e);
	f->sql = arena_str(r->a, buf_str(&b));
	f->sha256 = sha256_hex(r->a, sha256_of(f->sql));
out:
	buf_free(&b);
	close(fd);
	return rc;
}

/* 1 when name is NNN_name.sql, 0 when it is no .sql file, -1. */
static int
name_parse(struct str name, struct migration *m, struct err *e)
{
	struct str rest = name, digits;

	if (!str_ends(name, STR(".sql")) || name.p[0] == '.')
		return 0;
	digits = str_cut(&rest, '_');
	if (digits.len != 3 || rest.len < 5 || digits.p[0] == '-' ||
	    digits.p[0] == '+' || !str_int(digits, &m->version) ||
	    m->version == 0)
		return err_set(e, ERR_CONFIG, "migration %.*s is not named"
		    " NNN_name.sql", STR_ARG(name));
	m->name = str_n(name.p, name.len - 4);
	return 1;
}

static int
by_version(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return (x->m.version > y->m.version) - (x->m.version < y->m.version);
}

static int
files_check(const struct run *r, struct err *e)
{
	for (size_t i = 1; i < r->n; i++)
		if (r->files[i - 1].m.version == r->files[i].m.version)
			return err_set(e, ERR_CONFIG, "two migrations have"
			    " number %lld in %s",
			    (long long)r->files[i].m.version, r->dir);
	if (r->n == 0 || r->files[r->n - 1].m.version != SCHEMA_VERSION)
		return err_set(e, ERR_CONFIG, "the last migration in %s is"
		    " %lld, this program was built for %d", r->dir,
		    r->n ? (long long)r->files[r->n - 1].m.version : 0,
		    SCHEMA_VERSION);
	return 0;
}

static int
files_list(struct run *r, struct err *e)
{
	DIR *d = opendir(r->dir);
	struct dirent *entry;
	int rc = -1;

	if (!d)
		return err_set(e, ERR_CONFIG, "cannot read the migrations in"
		    " %s: %s", r->dir, strerror(errno));
	while ((entry = readdir(d))) {
		struct file f = { 0 };
		struct str name = arena_str(r->a, str(entry->d_name));
		int known = name_parse(name, &f.m, e);

		if (known < 0)
			goto out;
		if (known == 0)
			continue;
		if (r->n >= MIGRATIONS_MAX) {
			err_set(e, ERR_CONFIG, "too many migrations");
			goto out;
		}
		if (file_read(r, &f, e) != 0)
			goto out;
		r->files = rows_room(r->a, r->files, r->n, sizeof(f));
		r->files[r->n++] = f;
	}
	if (r->n)
		qsort(r->files, r->n, sizeof(*r->files), by_version);
	rc = files_check(r, e);
out:
	closedir(d);
	return rc;
}

static struct file *
file_of(struct run *r, int64_t version)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->files[i].m.version == version)
			return &r->files[i];
	return NULL;
}

static int
applied_check(struct run *r, int64_t version, struct str sha256,
    struct err *e)
{
	struct file *f = file_of(r, version);

	if (version > SCHEMA_VERSION)
		return err_set(e, ERR_SCHEMA_NEWER, "%s has schema %lld, this"
		    " program knows %d", r->db->path, (long long)version,
		    SCHEMA_VERSION);
	if (!f)
		return err_set(e, ERR_CONFIG, "migration %03lld has run on %s"
		    " but is not in %s", (long long)version, r->db->path,
		    r->dir);
	if (!str_eq(sha256, f->sha256))
		return err_set(e, ERR_CONFIG, "migration %.*s was edited after"
		    " it had run on %s; undo the edit, and put the change"
		    " into a new file", STR_ARG(f->m.name), r->db->path);
	if (f->m.state == MIGRATION_PENDING)
		f->m.state = MIGRATION_APPLIED;
	return 0;
}

/* Mark what has run. */
static int
applied_read(struct run *r, struct err *e)
{
	struct stmt *s;
	bool there = false;
	int64_t last = 0;
	int rc;

	if (db_table_exists(r->db, "schema_migrations", &there, e) != 0)
		return -1;
	if (!there)
		return 0;
	s = db_stmt(r->db, "SELECT version, sha256 FROM schema_migrations"
	    " ORDER BY version DESC");
	while ((rc = stmt_step(s, e)) > 0) {
		if (stmt_int(s, 0) > last)
			last = stmt_int(s, 0);
		if (applied_check(r, stmt_int(s, 0), stmt_str(s, 1), e) != 0) {
			stmt_reset(s);
			return -1;
		}
	}
	if (rc < 0)
		return -1;
	for (size_t i = 0; i < r->n && r->files[i].m.version < last; i++)
		if (r->files[i].m.state == MIGRATION_PENDING)
			return err_set(e, ERR_CONFIG, "migration %.*s comes"
			    " too late: %s is at %lld already",
			    STR_ARG(r->files[i].m.name), r->db->path,
			    (long long)last);
	return 0;
}

static int
property_insert(struct db *db, const char *key, struct str value,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO property (key, value)"
	    " VALUES (:key, :value)");

	stmt_bind_str(s, ":key", str(key));
	stmt_bind_str(s, ":value", value);
	return stmt_run(s, e);
}

static int
origin_insert(struct run *r, struct err *e)
{
	struct str epoch = uuid7(r->a);
	struct sha256 genesis = sha256_of_parts((struct str[]){
	    STR("patchwarden:"), epoch }, 2);

	if (property_insert(r->db, "epoch", epoch, e) != 0)
		return -1;
	return property_insert(r->db, "genesis", sha256_hex(r->a, genesis), e);
}

/* Inside a transaction. */
static int
file_apply(struct run *r, struct file *f, struct err *e)
{
	bool first = f == r->files;
	struct stmt *s;

	if (first && db_exec(r->db, "CREATE TABLE schema_migrations ("
	    "version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
	    " sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
	    "cannot create schema_migrations", e) != 0)
		return -1;
	if (db_exec(r->db, f->sql.p, arena_fmt(r->a, "migration %.*s failed",
	    STR_ARG(f->m.name)).p, e) != 0)
		return -1;
	if (sqlite3_get_autocommit(r->db->handle))
		return err_set(e, ERR_CONFIG, "migration %.*s ends its"
		    " transaction itself", STR_ARG(f->m.name));
	if (first && origin_insert(r, e) != 0)
		return -1;
	s = db_stmt(r->db, "INSERT INTO schema_migrations (version, name,"
	    " sha256, applied_at) VALUES (:version, :name, :sha256, :now)");
	stmt_bind_int(s, ":version", f->m.version);
	stmt_bind_str(s, ":name", f->m.name);
	stmt_bind_str(s, ":sha256", f->sha256);
	stmt_bind_int(s, ":now", clock_now_ms());
	return stmt_run(s, e);
}

static int
pending_apply(struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		struct file *f = &r->files[i];

		if (db_begin(r->db, e) != 0)
			return -1;
		/* another one may have migrated while this one waited */
		if (applied_read(r, e) != 0) {
			db_rollback(r->db);
			return -1;
		}
		if (f->m.state == MIGRATION_PENDING) {
			if (file_apply(r, f, e) != 0) {
				db_rollback(r->db);
				return -1;
			}
			if (db_commit(r->db, e) != 0)
				return -1;
			f->m.state = MIGRATION_NEW;
		} else {
			db_rollback(r->db);
		}
	}
	return 0;
}

/* The journal mode is kept in the file; one that is left by others in another
 * mode is brought back. */
static int
wal_set(struct run *r, struct err *e)
{
	int rc;

	if (lock_take(r->db, e) != 0)
		return -1;
	rc = db_exec(r->db, "PRAGMA journal_mode = WAL", "cannot turn the WAL"
	    " on", e);
	lock_drop(r->db);
	return rc;
}

static int
run_on(struct run *r, const char *db_path, bool dry_run, struct err *e)
{
	struct db_options o = { .path = db_path, .busy_ms = MIGRATE_BUSY_MS,
	    .mode = dry_run ? DB_RO : DB_RW, .synchronous_full = true };
	struct stat st;

	if (dry_run && stat(db_path, &st) != 0 && errno == ENOENT)
		return 0;
	if (db_open(&o, true, &r->db, e) != 0)
		return -1;
	if (applied_read(r, e) != 0)
		return -1;
	if (dry_run)
		return 0;
	return wal_set(r, e) != 0 ? -1 : pending_apply(r, e);
}

int
migrate_run(const char *db_path, const char *dir, bool dry_run,
    struct arena *a, struct migration **out, size_t *n, struct err *e)
{
	struct run r = { .a = a, .dir = dir };
	struct migration *list;
	int rc;

	*out = NULL;
	*n = 0;
	if (files_list(&r, e) != 0)
		return -1;
	rc = run_on(&r, db_path, dry_run, e);
	db_close(r.db);
	list = arena_array_of(a, struct migration, r.n);
	for (size_t i = 0; i < r.n; i++)
		list[i] = r.files[i].m;
	*out = list;
	*n = r.n;
	return rc;
}
