/* Another file in the place of the database, beneath those who have it open. */
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

#include "store/backup.h"
#include "store/swap.h"
#include "store_fixture.h"

#define WAIT_MS 30000

static struct str
beside(const char *suffix)
{
	return arena_fmt(store_arena, "%s%s", store_path, suffix);
}

static int64_t
head_of(const char *path)
{
	struct db_options o = { .path = path, .mode = DB_RO, .busy_ms = 5000 };
	int64_t seq = -1;
	struct db *db;

	if (db_open(&o, false, &db, &store_err) != 0)
		return -1;
	event_store_head(db, &seq, &store_err);
	db_close(db);
	return seq;
}

/* A copy of the database as it is now, ready to take its place. */
static struct str
copy_make(struct db *db, const char *suffix)
{
	struct str path = beside(suffix), epoch;
	struct backup_mark mark;
	int fd = open(path.p, O_RDWR | O_CREAT | O_EXCL, 0660), rc;

	close(fd);
	rc = backup_snapshot(db, &mark, &store_err) != 0 ||
	    backup_copy(db, path.p, NULL, &store_err) != 0;
	db_read_end(db);
	rc |= backup_check(path.p, &mark, &store_err) != 0 ||
	    backup_renew(path.p, store_arena, &epoch, &store_err) != 0;
	is_int(rc, 0, "a copy");
	return path;
}

/* Takes the lock of the writers, as swap_in() does. */
static int
lock_hold(void)
{
	int fd = open(beside("-lock").p, O_RDWR | O_CREAT | O_CLOEXEC, 0660);

	flock(fd, LOCK_EX);
	return fd;
}

/* One event, when a byte comes; 0 when it is written.  It is begun before the
 * lock is taken, or it would inherit that. */
static pid_t
writer_begin(int go)
{
	pid_t pid = fork();
	struct db *db;
	struct err e;
	char c;

	if (pid != 0)
		return pid;
	db = store_open_as(DB_RW, WAIT_MS);
	if (!db || read(go, &c, 1) != 1 || store_append(db, 1, &e) != 0)
		_exit(1);
	db_close(db);
	_exit(0);
}

/* How often it has the file of the lock open. */
static int
locks_open(pid_t pid)
{
	struct str name = arena_fmt(store_arena, "/proc/%d/fd", (int)pid);
	char target[600];
	DIR *d = opendir(name.p);
	struct dirent *f;
	int found = 0;

	while (d && (f = readdir(d))) {
		ssize_t n = readlink(arena_fmt(store_arena, "%s/%s", name.p,
		    f->d_name).p, target, sizeof(target));

		found += n > 0 && str_ends(str_n(target, (size_t)n),
		    STR("-lock"));
	}
	if (d)
		closedir(d);
	return found;
}

/* It has the old file open and waits for the lock: what it writes then must be
 * in the new one. */
static void
test_waiting_writer(struct db *db)
{
	struct str copy = copy_make(db, ".copy"), kept = beside(".kept");
	int64_t head = head_of(store_path), until;
	int go[2], status, fd, before;
	pid_t pid;

	if (pipe(go) != 0)
		bail_out("no pipe");
	pid = writer_begin(go[0]);
	before = locks_open(pid);
	fd = lock_hold();
	status = (int)write(go[1], "", 1);
	until = clock_mono_ms() + WAIT_MS;
	while (locks_open(pid) == before && clock_mono_ms() < until)
		clock_sleep_ms(1);
	rename(store_path, kept.p);
	rename(beside("-wal").p, beside(".kept-wal").p);
	unlink(beside("-shm").p);
	rename(copy.p, store_path);
	close(fd);
	waitpid(pid, &status, 0);
	close(go[0]);
	close(go[1]);
	is_int(status, 0, "the writer is done");
	is_int(head_of(store_path), head + 1, "its event is in the new file");
	is_int(head_of(kept.p), head, "and not in the one of before");
	unlink(kept.p);
	unlink(beside(".kept-wal").p);
	unlink(beside(".kept-shm").p);
}

/* In the next seconds no name is free: something is left of each. */
static void
names_take(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[40];

	for (int i = 0; i < 60; i++, now++) {
		gmtime_r(&now, &tm);
		strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm);
		close(open(arena_fmt(store_arena, "%s.before-restore-%s%s",
		    store_path, text, i % 2 ? "-wal" : "").p,
		    O_RDWR | O_CREAT, 0660));
	}
}

static void
test_swap(struct db *db)
{
	struct str copy = copy_make(db, ".copy"), aside, epoch;
	int64_t head = 0;

	names_take();

	epoch = arena_str(store_arena, db_epoch(db));
	is_int(store_append(db, 3, &store_err), 0, "events behind the copy");
	event_store_head(db, &head, &store_err);
	is_int(swap_in(store_path, copy.p, 5000, store_arena, &aside,
	    &store_err), 0, "swap");
	ok(aside.p && head_of(aside.p) == head, "what was is kept: %.*s",
	    STR_ARG(aside));
	is_int(db_refresh(db, &store_err), 1, "a connection notices");
	ok(!str_eq(db_epoch(db), epoch), "another epoch");
	is_int(head_of(store_path), head - 3, "the copy's events");
	is_int(store_append(db, 1, &store_err), 0, "and on");
}

/* How a swap that was killed looks: step 0 is before the old file went. */
static void
test_heal(struct db *db)
{
	struct str waiting = beside(".restored"), copy;
	struct db *more;
	int64_t head;

	copy = copy_make(db, ".copy");
	store_append(db, 2, &store_err);
	head = head_of(store_path);
	/* the time is where the name of what is set aside comes from */
	utimensat(AT_FDCWD, copy.p, (struct timespec[]){ { 1000, 0 },
	    { 1000, 0 } }, 0);
	rename(copy.p, waiting.p);
	ok((more = store_open_as(DB_RW, 5000)) != NULL, "opened before");
	db_close(more);
	is_int(head_of(store_path), head, "the old one, as long as it is there");

	rename(store_path, beside(".gone").p);
	ok((more = store_open_as(DB_RO, 5000)) != NULL, "opened behind: %s",
	    store_err.detail);
	db_close(more);
	is_int(head_of(store_path), head - 2, "the new one");
	ok(unlink(waiting.p) != 0, "which waits no more");
	is_int(db_refresh(db, &store_err), 1, "others come along");
	is_int(store_append(db, 1, &store_err), 0, "and write");
	is_int(head_of(store_path), head - 1, "into it");

	rename(store_path, beside(".gone").p);
	ok(!store_open_as(DB_RW, 100), "none and nothing: %s",
	    store_err.detail);
}

int
main(void)
{
	struct db *db;

	store_begin();
	db = store_open();
	is_int(store_append(db, 5, &store_err), 0, "events");
	test_waiting_writer(db);
	is_int(db_refresh(db, &store_err), 1, "refresh");
	test_swap(db);
	test_heal(db);
	db_close(db);
	store_end();
	return done_testing();
}
