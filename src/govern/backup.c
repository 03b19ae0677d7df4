#include "govern/backup.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "govern/backup_file.h"
#include "govern/recover.h"

/* How long the snapshot waits for the batches at work to end, so that the
 * backup has none that is half done.  One that takes longer is in it as open,
 * and is settled when the backup is restored. */
#define QUIET_MS 2000

struct quiet {
	int locks[WORKSPACES_MAX];
	size_t n;
};

static void
quiet_begin(const struct config *cfg, struct arena *a, struct quiet *q)
{
	struct govern g;
	struct str list = cfg->workspaces, name, root;

	govern_init(&g, cfg, DB_RO);
	q->n = 0;
	while (config_pair(&list, &name, &root) && q->n < WORKSPACES_MAX) {
		int fd = held_lock(&g, a, name, FD_LOCK_SHARED, QUIET_MS,
		    NULL);

		if (fd >= 0)
			q->locks[q->n++] = fd;
	}
}

static void
quiet_end(struct quiet *q)
{
	while (q->n > 0)
		close(q->locks[--q->n]);
}

static int
snapshot(const struct config *cfg, struct arena *a, struct db *db,
    struct backup_mark *mark, struct err *e)
{
	struct quiet q;
	int rc;

	quiet_begin(cfg, a, &q);
	rc = backup_snapshot(db, mark, e);
	quiet_end(&q);
	return rc;
}

/* What can be seen to be wrong before anything is done; the rename looks
 * again. */
static int
target_check(const struct config *cfg, struct arena *a, const char *file,
    bool force, struct err *e)
{
	struct str wal = arena_fmt(a, "%s-wal", file);
	struct stat st;

	if (part_not_database(a, arena_cstr(a, cfg->database), file, e) != 0)
		return -1;
	/* SQLite would read it as if it belonged to the backup */
	if (lstat(wal.p, &st) == 0)
		return err_set(e, ERR_EXISTS, "%s exists; it would be taken"
		    " for a part of the backup", wal.p);
	if (lstat(file, &st) != 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_EXISTS, "%s is not a file", file);
	return force ? 0 : err_set(e, ERR_EXISTS, "%s exists; --force replaces"
	    " it", file);
}

static int
copy_make(const struct config *cfg, struct arena *a, struct db *db,
    const char *part, const struct backup_told *told, struct backup_done *out,
    struct err *e)
{
	struct backup_mark mark;
	struct stat st;
	int rc;

	if (snapshot(cfg, a, db, &mark, e) != 0)
		return -1;
	rc = backup_copy(db, part, told->copy, e);
	db_read_end(db);
	if (rc != 0 || backup_check(part, &mark, e) != 0)
		return -1;
	if (stat(part, &st) != 0)
		return err_sys(e, "cannot look at %s", part);
	out->bytes = st.st_size;
	out->seq = mark.seq;
	out->hash = mark.seq ? sha256_hex(a, mark.hash) : STR_NONE;
	return 0;
}

int
backup_make(const struct config *cfg, struct arena *a, const char *file,
    bool force, const struct backup_told *told, struct backup_done *out,
    struct err *e)
{
	struct str part = arena_fmt(a, "%s.part", file);
	struct db *db = NULL;
	int64_t version;
	int fd = -1, rc = -1;

	*out = (struct backup_done){ 0 };
	if (target_check(cfg, a, file, force, e) != 0 ||
	    backup_open(arena_cstr(a, cfg->database), (int)cfg->busy_ms, &db,
	    &version, e) != 0)
		return -1;
	fd = part_begin(a, part.p, e);
	if (fd < 0)
		goto out;
	if (copy_make(cfg, a, db, part.p, told, out, e) != 0 ||
	    part_name(a, part.p, file, force, e) != 0)
		goto out;
	rc = 0;
out:
	part_end(a, part.p, fd);
	db_close(db);
	return rc;
}
