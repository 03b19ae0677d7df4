#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/db_private.h"

/* Waiting starts short, for the other writer is usually done in a
 * millisecond, and stays short enough to be fair among many. */
#define WAIT_FIRST_US	200
#define WAIT_LAST_US	10000

static int
lock_open(struct db *db, struct err *e)
{
	db->lock_fd = open(db->lock_path, O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0660);
	if (db->lock_fd < 0) {
		err_sys(e, "cannot open the lock file %s", db->lock_path);
		if (e && e->kind == ERR_IO)
			e->kind = ERR_STORE_FAILED;
		return -1;
	}
	/* Whatever the umask is, the group works together; only the one who
	 * made the file can say so. */
	fchmod(db->lock_fd, 0660);
	return 0;
}

/* Somebody may have removed the file; a lock on what has no name any more
 * would exclude nobody. */
static bool
lock_is_named(struct db *db)
{
	struct stat held, named;

	return fstat(db->lock_fd, &held) == 0 &&
	    stat(db->lock_path, &named) == 0 &&
	    held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* 1 locked, 0 somebody else has it, -1. */
static int
lock_try(struct db *db, struct err *e)
{
	if (db->lock_fd < 0 && lock_open(db, e) != 0)
		return -1;
	if (flock(db->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK || errno == EINTR)
			return 0;
		return err_sys(e, "cannot lock %s", db->lock_path);
	}
	if (lock_is_named(db))
		return 1;
	lock_close(db);
	return 0;
}

int
lock_take(struct db *db, struct err *e)
{
	int64_t end = clock_mono_ms() + db->options.busy_ms;
	long wait_us = WAIT_FIRST_US;

	for (;;) {
		struct timespec ts = { 0, wait_us * 1000 };
		int rc = lock_try(db, e);

		if (rc < 0)
			return -1;
		if (rc > 0)
			break;
		if (clock_mono_ms() >= end)
			return err_set(e, ERR_BUSY, "another process has held"
			    " the lock %s for more than %d ms",
			    db->lock_path, db->options.busy_ms);
		nanosleep(&ts, NULL);
		wait_us = wait_us * 2 > WAIT_LAST_US ? WAIT_LAST_US :
		    wait_us * 2;
	}
	db->locked = true;
	return 0;
}

void
lock_drop(struct db *db)
{
	if (db->locked)
		flock(db->lock_fd, LOCK_UN);
	db->locked = false;
}

void
lock_close(struct db *db)
{
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	db->lock_fd = -1;
	db->locked = false;
}

int64_t
lock_note(const struct db *db)
{
	int64_t note;

	return pread(db->lock_fd, &note, sizeof(note), 0) == sizeof(note) &&
	    note > 0 ? note : 0;
}

void
lock_note_set(const struct db *db, int64_t note)
{
	/* what cannot be written is tried again sooner, which does no harm */
	if (pwrite(db->lock_fd, &note, sizeof(note), 0) != sizeof(note))
		return;
}
