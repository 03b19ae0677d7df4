#include "local/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "json/json_check.h"

#define STATE_MAX_BYTES ANSWER_MAX_BYTES	/* a log of a million lines */

static int
folder_open(int at, const char *name, bool make)
{
	if (make && mkdirat(at, name, 0777) != 0 && errno != EEXIST)
		return -1;
	return openat(at, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int
state_open(struct local *l, bool make, struct err *e)
{
	int root = open(l->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err why = { 0 };

	if (root < 0)
		return err_sys(e, "cannot open %s", l->root);
	l->state = folder_open(root, LOCAL_FOLDER, make);
	if (l->state < 0)
		err_sys(&why, "cannot open %s/" LOCAL_FOLDER, l->root);
	close(root);
	if (l->state < 0) {
		if (errno == ENOENT && !make)
			return 0;
		*e = why;
		return -1;
	}
	return 1;
}

/* The folder a name is in; the rest of the name is *last. */
static int
place(const struct local *l, const char *name, bool make, const char **last)
{
	static const char patches[] = "patches";

	if (!str_starts(str(name), STR("patches/"))) {
		*last = name;
		return fcntl(l->state, F_DUPFD_CLOEXEC, 3);
	}
	*last = name + sizeof(patches);
	return folder_open(l->state, patches, make);
}

/* Regular files only: a FIFO would hold us up for ever. */
static int
open_one(const struct local *l, const char *name, int flags)
{
	const char *last;
	int folder = place(l, name, (flags & O_CREAT) != 0, &last), fd, no;
	struct stat st;

	if (folder < 0)
		return -1;
	fd = openat(folder, last, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    0666);
	no = errno;
	close(folder);
	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		fd = -1;
		no = EINVAL;
	}
	errno = no;
	return fd;
}

bool
state_has(const struct local *l, const char *name)
{
	return l->state >= 0 &&
	    faccessat(l->state, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int
state_read(const struct local *l, const char *name, struct str *out,
    struct err *e)
{
	struct buf bytes = BUF_INIT(STATE_MAX_BYTES);
	int fd = l->state < 0 ? -1 : open_one(l, name, O_RDONLY);
	int rc = 1;

	*out = STR_NONE;
	if (l->state < 0 || (fd < 0 && errno == ENOENT))
		return 0;
	if (fd < 0 || fd_read_all(fd, &bytes) != 0)
		rc = err_sys(e, "cannot read " LOCAL_FOLDER "/%s", name);
	else
		*out = bytes.len ? arena_str(l->a, buf_str(&bytes)) : STR("");
	if (fd >= 0)
		close(fd);
	buf_free(&bytes);
	return rc;
}

static int
write_new(int folder, const char *name, struct str bytes, bool sync)
{
	int fd = openat(folder, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	int rc;

	if (fd < 0)
		return -1;
	rc = fd_write_all(fd, bytes) == 0 && (!sync || fsync(fd) == 0) ? 0 : -1;
	/* its way to the disk begins now, whoever waits for it later */
	if (!sync)
		sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return close(fd) == 0 ? rc : -1;
}

static int
sync_one(int folder, const char *name)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	return close(fd) == 0 ? rc : -1;
}

/* All are written before the first is waited for: one turn of the disk does
 * for most of them. */
int
state_put_all(const struct local *l, const struct state_file *files, size_t n,
    struct err *e)
{
	const char *last, *name = "patches";
	int folder, rc = 0;

	if (n == 0)
		return 0;
	folder = place(l, files[0].name, true, &last);
	if (folder < 0)
		return err_sys(e, "cannot write " LOCAL_FOLDER "/%s", name);
	for (size_t i = 0; i < n && rc == 0; i++) {
		name = files[i].name;
		rc = write_new(folder, strrchr(name, '/') + 1, files[i].bytes,
		    false);
	}
	for (size_t i = 0; i < n && rc == 0; i++) {
		name = files[i].name;
		rc = sync_one(folder, strrchr(name, '/') + 1);
	}
	if (rc != 0 || fsync(folder) != 0)
		rc = err_sys(e, "cannot write " LOCAL_FOLDER "/%s", name);
	close(folder);
	return rc;
}

int
state_replace(const struct local *l, const char *name, struct str bytes,
    struct err *e)
{
	static const char tmp[] = ".new";	/* one writer: who has the lock */
	const char *last;
	int folder = place(l, name, true, &last), rc = -1;

	if (folder < 0)
		return err_sys(e, "cannot write " LOCAL_FOLDER "/%s", name);
	if (write_new(folder, tmp, bytes, true) != 0 ||
	    renameat(folder, tmp, folder, last) != 0 || fsync(folder) != 0)
		err_sys(e, "cannot write " LOCAL_FOLDER "/%s", name);
	else
		rc = 0;
	close(folder);
	return rc;
}

/* Where the last line that is whole ends; adds the missing end of one that
 * somebody wrote by hand. */
static int
mend_tail(const struct local *l, int fd, struct err *e)
{
	struct buf bytes = BUF_INIT(STATE_MAX_BYTES);
	struct str tail;
	int rc = fd_read_all(fd, &bytes);

	if (rc != 0)
		err_sys(e, "cannot read the log");
	tail = buf_str(&bytes);
	while (str_has(tail, '\n'))
		str_cut(&tail, '\n');
	if (rc == 0 && tail.len)
		rc = json_check(tail, l->a, NULL) == 0 ?
		    fd_write_all(fd, STR("\n")) :
		    ftruncate(fd, (off_t)(bytes.len - tail.len));
	buf_free(&bytes);
	return rc;
}

/* Does the file end in the middle of a line? */
static bool
is_torn(int fd)
{
	struct stat st;
	char c;

	return fstat(fd, &st) == 0 && st.st_size > 0 &&
	    pread(fd, &c, 1, st.st_size - 1) == 1 && c != '\n';
}

int
state_append(const struct local *l, const char *name, struct str lines,
    struct err *e)
{
	bool fresh = !state_has(l, name);
	int fd = open_one(l, name, O_RDWR | O_CREAT | O_APPEND), rc = 0;

	if (fd < 0)
		return err_sys(e, "cannot write " LOCAL_FOLDER "/%s", name);
	if (is_torn(fd))
		rc = mend_tail(l, fd, e);
	if (rc == 0 && (fd_write_all(fd, lines) != 0 || fsync(fd) != 0 ||
	    (fresh && fsync(l->state) != 0)))
		rc = err_sys(e, "cannot write " LOCAL_FOLDER "/%s", name);
	close(fd);
	return rc;
}

int
state_remove(const struct local *l, const char *name, struct err *e)
{
	const char *last;
	int folder = place(l, name, false, &last), rc = 0;

	if (folder < 0)
		return errno == ENOENT ? 0 : err_sys(e,
		    "cannot remove " LOCAL_FOLDER "/%s", name);
	if ((unlinkat(folder, last, 0) != 0 && errno != ENOENT) ||
	    fsync(folder) != 0)
		rc = err_sys(e, "cannot remove " LOCAL_FOLDER "/%s", name);
	close(folder);
	return rc;
}
