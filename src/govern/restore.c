#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "govern/backup.h"
#include "govern/backup_file.h"
#include "govern/recover.h"
#include "store/migrate.h"
#include "store/schema.h"
#include "store/swap.h"

struct restoring {
	const struct config *cfg;
	struct arena *a;
	const char *db_path, *part;
	const struct backup_told *told;
	struct backup_done *out;
	struct held held[WORKSPACES_MAX];
	size_t n;
	bool usable;		/* the present database */
};

/* -- the new database, beside the present one -- */

static int
source_copy(struct restoring *r, const char *file, int64_t *version,
    struct err *e)
{
	struct backup_mark mark = { 0 };
	struct db *db;
	int rc;

	if (backup_open(file, (int)r->cfg->busy_ms, &db, version, e) != 0)
		return -1;
	if (*version > SCHEMA_VERSION)
		rc = err_set(e, ERR_SCHEMA_NEWER, "%s has schema %lld, this"
		    " program knows %d", file, (long long)*version,
		    SCHEMA_VERSION);
	else
		rc = backup_snapshot(db, &mark, e);
	if (rc == 0)
		rc = backup_copy(db, r->part, r->told->copy, e);
	db_close(db);
	if (rc == 0)
		rc = backup_check(r->part, &mark, e);
	r->out->seq = mark.seq;
	r->out->hash = mark.seq ? sha256_hex(r->a, mark.hash) : STR_NONE;
	return rc;
}

static int
part_migrate(struct restoring *r, int64_t version, struct err *e)
{
	struct migration *rows;
	size_t n;

	r->out->migrated = version < SCHEMA_VERSION;
	return !r->out->migrated ? 0 : migrate_run(r->part,
	    arena_cstr(r->a, r->cfg->migrations), false, r->a, &rows, &n, e);
}

static int
part_verify(struct restoring *r, struct err *e)
{
	const struct db_options o = { .path = r->part, .mode = DB_RO,
	    .busy_ms = (int)r->cfg->busy_ms };
	struct chain_verdict v;
	struct db *db;
	int rc;

	if (db_open(&o, false, &db, e) != 0)
		return -1;
	rc = chain_verify(db, 0, r->told->verify, &v, e);
	db_close(db);
	if (rc == 0 && v.first_bad)
		rc = err_set(e, ERR_CHAIN_BROKEN, "the backup's chain does not"
		    " hold; event %lld: %s", (long long)v.first_bad, v.what);
	return rc;
}

/* Whoever could read and write the present one can do so with the new one, as
 * far as this user may see to that. */
static void
part_own(const struct restoring *r, int fd)
{
	struct stat st;

	if (stat(r->db_path, &st) == 0 &&
	    fchown(fd, st.st_uid, st.st_gid) == 0)
		fchmod(fd, st.st_mode & 0777);
}

static int
part_make(struct restoring *r, const char *file, bool verify, int fd,
    struct err *e)
{
	struct stat st;
	int64_t version;

	if (source_copy(r, file, &version, e) != 0 ||
	    part_migrate(r, version, e) != 0 ||
	    (verify && part_verify(r, e) != 0) ||
	    backup_renew(r->part, r->a, &r->out->epoch, e) != 0)
		return -1;
	part_own(r, fd);
	if (fsync(fd) != 0 || fstat(fd, &st) != 0)
		return err_sys(e, "cannot sync %s", r->part);
	r->out->bytes = st.st_size;
	return 0;
}

/* -- nobody is at work -- */

static void
all_let_go(struct restoring *r)
{
	while (r->n > 0)
		held_end(&r->held[--r->n]);
}

/* Hold one workspace; what a crash left in it is finished first, if the present
 * database can still be used for that. */
static int
hold(struct restoring *r, struct govern *g, struct str name, struct err *e)
{
	struct held *h = &r->held[r->n];
	bool usable = r->usable;
	struct err why = { 0 };

	*h = (struct held){ NULL, -1 };
	if (usable && held_begin(g, r->a, name, FD_LOCK_EXCLUSIVE, h,
	    &why) == 0) {
		r->n++;
		return 0;
	}
	if (usable && why.kind != ERR_BUSY)
		r->out->note = arena_fmt(r->a, "what a crash may have left in"
		    " workspace %.*s is not finished: %s", STR_ARG(name),
		    why.detail);
	if (h->lock < 0)
		h->lock = held_lock(g, r->a, name, FD_LOCK_EXCLUSIVE,
		    usable ? 0 : r->cfg->busy_ms, &why);
	if (h->lock >= 0) {
		r->n++;
		return 0;
	}
	held_end(h);
	return err_set(e, why.kind, "a batch is at work in workspace %.*s, or"
	    " its lock cannot be had: %s", STR_ARG(name), why.detail);
}

static int
all_hold(struct restoring *r, struct govern *g, struct err *e)
{
	struct str list = r->cfg->workspaces, name, root;
	struct err why = { 0 };
	struct stat st;

	r->usable = govern_ready(g, r->a, &why) == 0;
	if (!r->usable && lstat(r->db_path, &st) == 0)
		r->out->note = arena_fmt(r->a, "the present database cannot be"
		    " used; batches that it had not finished stay as they are"
		    " in the tree: %s", why.detail);
	while (config_pair(&list, &name, &root) && r->n < WORKSPACES_MAX)
		if (hold(r, g, name, e) != 0)
			return -1;
	/* so that the one that is kept is, nearly always, one file */
	if (r->usable)
		db_checkpoint(g->db, 1, NULL);
	return 0;
}

/* What a reader kept the WAL from before is tried once more; what is broken is
 * kept as it was found. */
static void
aside_fold(struct restoring *r)
{
	if (r->usable && r->out->aside.p && !backup_fold(r->out->aside.p))
		r->out->note = arena_fmt(r->a, "somebody still reads the"
		    " database of before; %.*s-wal belongs to it",
		    STR_ARG(r->out->aside));
}

static int
swap(struct restoring *r, struct err *e)
{
	struct govern g;
	int rc;

	govern_init(&g, r->cfg, DB_RW);
	rc = all_hold(r, &g, e);
	govern_close(&g);
	if (rc == 0)
		rc = swap_in(r->db_path, r->part, (int)r->cfg->busy_ms, r->a,
		    &r->out->aside, e);
	all_let_go(r);
	if (rc == 0)
		aside_fold(r);
	return rc;
}

/* Batches that were open in the backup, as any program would on its start. */
static void
settle(struct restoring *r)
{
	struct govern g;
	struct err e = { 0 };

	govern_init(&g, r->cfg, DB_RW);
	if (govern_ready(&g, r->a, &e) != 0)
		r->out->note = arena_fmt(r->a, "the database is restored, but"
		    " cannot be used yet: %s", e.detail);
	govern_ring(&g);
	govern_close(&g);
}

int
backup_restore(const struct config *cfg, struct arena *a, const char *file,
    bool verify, const struct backup_told *told, struct backup_done *out,
    struct err *e)
{
	struct restoring r = { .cfg = cfg, .a = a, .told = told, .out = out,
	    .db_path = arena_cstr(a, cfg->database) };
	int fd, rc;

	*out = (struct backup_done){ 0 };
	if (part_not_database(a, r.db_path, file, e) != 0)
		return -1;
	r.part = arena_fmt(a, "%s.restoring", r.db_path).p;
	fd = part_begin(a, r.part, e);
	if (fd < 0)
		return -1;
	rc = part_make(&r, file, verify, fd, e);
	if (rc == 0)
		rc = swap(&r, e);
	part_end(a, r.part, fd);
	if (rc == 0)
		settle(&r);
	return rc;
}
