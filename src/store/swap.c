#include "store/swap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db_private.h"

/* What belongs to the old file and goes with it: -shm, too, for whoever still
 * has the old one open and whoever opens it by its new name must see the same
 * locks. */
static const char *const companions[] = { "-wal", "-journal", "-shm" };

static bool
there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static struct str
waiting_name(struct arena *a, const char *path)
{
	return arena_fmt(a, "%s.restored", path);
}

/* From the time of the file that waits, so that whoever goes on with a swap
 * finds the same. */
static struct str
aside_name(struct arena *a, const char *path, time_t when)
{
	struct tm tm;
	char text[40];

	gmtime_r(&when, &tm);
	strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
	return arena_fmt(a, "%s.before-restore-%s", path, text);
}

static int
folder_sync(struct arena *a, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct str dir = !slash ? STR(".") : slash == path ? STR("/") :
	    arena_str(a, str_n(path, (size_t)(slash - path)));
	int fd = open(dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

	if (fd < 0 || fsync(fd) != 0)
		rc = err_sys(e, "cannot sync the folder %s", dir.p);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int
move(const char *from, const char *to, struct err *e)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ||
	    errno == ENOENT)
		return 0;
	return err_sys(e, "cannot rename %s to %s", from, to);
}

/* Each step may have been done already. */
static int
swap_finish(struct arena *a, const char *path, struct str *aside,
    struct err *e)
{
	struct str waiting = waiting_name(a, path);
	struct stat st;

	if (stat(waiting.p, &st) != 0)
		return err_sys(e, "cannot look at %s", waiting.p);
	*aside = aside_name(a, path, st.st_mtime);
	if (move(path, aside->p, e) != 0)
		return -1;
	for (size_t i = 0; i < countof(companions); i++)
		if (move(arena_fmt(a, "%s%s", path, companions[i]).p,
		    arena_fmt(a, "%s%s", aside->p, companions[i]).p, e) != 0)
			return -1;
	/* a power cut must not bring them back behind the new file */
	if (folder_sync(a, path, e) != 0)
		return -1;
	if (rename(waiting.p, path) != 0)
		return err_sys(e, "cannot rename %s to %s", waiting.p, path);
	if (!there(aside->p))
		*aside = STR_NONE;
	return folder_sync(a, path, e);
}

/* Also for what belongs to it: somebody may have removed an old one, and not
 * its WAL. */
static bool
aside_is_free(struct arena *a, struct str aside)
{
	for (size_t i = 0; i < countof(companions); i++)
		if (there(arena_fmt(a, "%s%s", aside.p, companions[i]).p))
			return false;
	return !there(aside.p);
}

/* Let it wait under its name, with a time whose name aside is free. */
static int
wait_begin(struct arena *a, const char *path, const char *ready,
    struct err *e)
{
	struct timespec t[2];

	clock_gettime(CLOCK_REALTIME, &t[0]);
	t[0].tv_nsec = 0;
	while (!aside_is_free(a, aside_name(a, path, t[0].tv_sec)))
		t[0].tv_sec++;
	t[1] = t[0];
	if (utimensat(AT_FDCWD, ready, t, 0) != 0 ||
	    rename(ready, waiting_name(a, path).p) != 0)
		return err_sys(e, "cannot make %s ready", ready);
	return folder_sync(a, path, e);
}

/* Only the lock of a database, which need not be there. */
static void
lock_only(struct db *db, struct arena *a, const char *path, int busy_ms)
{
	*db = (struct db){ .lock_fd = -1, .options.busy_ms = busy_ms,
	    .lock_path = (char *)(uintptr_t)
	    arena_fmt(a, "%s-lock", path).p };
}

int
swap_in(const char *path, const char *ready, int busy_ms,
    struct arena *a, struct str *aside, struct err *e)
{
	struct db lock;
	int rc = -1;

	lock_only(&lock, a, path, busy_ms);
	*aside = STR_NONE;
	if (lock_take(&lock, e) == 0) {
		rc = wait_begin(a, path, ready, e);
		if (rc == 0)
			rc = swap_finish(a, path, aside, e);
		/* nothing was begun: nothing is to be finished */
		if (rc != 0 && there(path))
			unlink(waiting_name(a, path).p);
	}
	lock_close(&lock);
	return rc;
}

static int
heal_locked(struct db *db, struct arena *a, struct err *e)
{
	struct str aside;

	/* whoever had the lock has done it */
	if (there(db->path) || !there(waiting_name(a, db->path).p))
		return 1;
	return swap_finish(a, db->path, &aside, e) == 0 ? 1 : -1;
}

int
swap_heal(struct db *db, struct err *e)
{
	struct arena *a;
	int rc = 0;

	if (there(db->path))
		return 0;
	a = arena_new();
	if (there(waiting_name(a, db->path).p)) {
		rc = lock_take(db, e);
		if (rc == 0)
			rc = heal_locked(db, a, e);
		lock_drop(db);
	}
	arena_free(a);
	return rc;
}
