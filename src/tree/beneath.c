#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "tree/tree.h"

#define OPEN_TRIES 64		/* a rename beside us makes openat2 say EAGAIN */
#define READ_TRIES 3

int
open_beneath(const struct workspace *ws, struct str path, int flags)
{
	struct open_how how = {
		/* openat2 takes no flag that means nothing */
		.flags = (unsigned)(flags | O_CLOEXEC |
		    (flags & O_PATH ? 0 : O_NOCTTY)),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};
	char name[PATH_MAX_BYTES + 1];
	long fd = -1;

	if (path.len > PATH_MAX_BYTES) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, path.len ? path.p : ".", path.len ? path.len : 1);
	name[path.len ? path.len : 1] = '\0';
	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = syscall(SYS_openat2, ws->root, name, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return (int)fd;
}

int
open_beneath_or(const struct workspace *ws, struct str path, int flags,
    int *fd, struct err *e)
{
	*fd = open_beneath(ws, path, flags);
	if (*fd >= 0)
		return 1;
	switch (errno) {
	case ENOENT:
		return 0;
	case ELOOP:
	case EXDEV:
		return err_set(e, ERR_PATH_ESCAPE, "%.*s is a symbolic link, or"
		    " there is one on the way", STR_ARG(path));
	case ENOTDIR:
		return err_set(e, ERR_PATH_DENIED, "On the way to %.*s there is"
		    " something that is not a folder", STR_ARG(path));
	case ENXIO:
	case ENODEV:
		return err_set(e, ERR_PATH_DENIED, "%.*s is not a regular file",
		    STR_ARG(path));
	case EACCES:
	case EPERM:
		return err_set(e, ERR_PATH_DENIED, "The server may not read "
		    "%.*s", STR_ARG(path));
	case ENAMETOOLONG:
		return err_set(e, ERR_INVALID, "The path is too long");
	default:
		return err_sys(e, "cannot open %.*s", STR_ARG(path));
	}
}

int
folder_open(const struct workspace *ws, struct str path, int *fd,
    struct err *e)
{
	return open_beneath_or(ws, path_folder(path), O_RDONLY | O_DIRECTORY,
	    fd, e);
}

int
read_all(int fd, struct arena *a, size_t max, struct str *out, struct err *e)
{
	struct stat st;
	size_t size, len = 0;
	char *p;

	if (fstat(fd, &st) != 0)
		return err_sys(e, "cannot stat a file");
	if (st.st_size < 0 || (uint64_t)st.st_size > max)
		return err_set(e, ERR_LIMIT_EXCEEDED, "The file is larger than "
		    "%zu bytes", max);
	size = (size_t)st.st_size;
	p = arena_bytes(a, size + 1);
	while (len <= size) {
		ssize_t n = pread(fd, p + len, size + 1 - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "cannot read a file");
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len != size)
		return err_set(e, ERR_BUSY, "The file changes while it is read");
	p[len] = '\0';
	*out = str_n(p, len);
	return 0;
}

static struct file_id
id_of(const struct stat *st)
{
	return (struct file_id){ st->st_dev, st->st_ino, st->st_size,
	    st->st_mtim };
}

static bool
id_eq(struct file_id a, struct file_id b)
{
	return a.dev == b.dev && a.ino == b.ino && a.size == b.size &&
	    a.mtime.tv_sec == b.mtime.tv_sec &&
	    a.mtime.tv_nsec == b.mtime.tv_nsec;
}

/* May it be edited, being what it is? */
static int
kind_check(const struct stat *st, struct str path, struct err *e)
{
	if (S_ISDIR(st->st_mode))
		return err_set(e, ERR_PATH_DENIED, "%.*s is a folder",
		    STR_ARG(path));
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_PATH_DENIED, "%.*s is not a regular file",
		    STR_ARG(path));
	if (st->st_nlink != 1)
		return err_set(e, ERR_PATH_DENIED, "%.*s has another name "
		    "(hard link)", STR_ARG(path));
	return 0;
}

static int
read_once(int fd, struct arena *a, struct str path, size_t max,
    struct str *out, struct stat *st, struct err *e)
{
	struct stat again;

	if (fstat(fd, st) != 0)
		return err_sys(e, "cannot stat %.*s", STR_ARG(path));
	if (kind_check(st, path, e) != 0 || read_all(fd, a, max, out, e) != 0)
		return -1;
	if (fstat(fd, &again) != 0)
		return err_sys(e, "cannot stat %.*s", STR_ARG(path));
	if (!id_eq(id_of(st), id_of(&again)))
		return err_set(e, ERR_BUSY, "%.*s changes while it is read",
		    STR_ARG(path));
	return 0;
}

int
workspace_read(struct workspace *ws, struct arena *a, struct str path,
    size_t max_bytes, struct str *out, struct file_id *id, unsigned *mode,
    struct err *e)
{
	struct err why = { 0 };
	struct stat st = { 0 };
	int found, fd, rc = -1;

	if (path_check(path, e) != 0)
		return -1;
	found = open_beneath_or(ws, path, O_RDONLY | O_NONBLOCK, &fd, e);
	if (found <= 0)
		return found;
	for (int i = 0; i < READ_TRIES && rc != 0; i++) {
		rc = read_once(fd, a, path, max_bytes, out, &st, &why);
		if (why.kind != ERR_BUSY)
			break;
	}
	close(fd);
	if (rc != 0) {
		if (e)
			*e = why;
		return -1;
	}
	if (id)
		*id = id_of(&st);
	if (mode)
		*mode = st.st_mode & 0777;
	return 1;
}

/* 1 with *fd; 0 when there is none; -1 with e.  *fd is -1, too, when it is no
 * regular file of a size that is allowed. */
static int
name_open(int folder, const char *name, int *fd, struct stat *st,
    struct err *e)
{
	*fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC | O_NOCTTY);
	if (*fd < 0 && errno == ENOENT)
		return 0;
	if (*fd < 0 && (errno == ELOOP || errno == ENXIO || errno == ENODEV))
		return 1;
	if (*fd < 0)
		return err_sys(e, "cannot open %s", name);
	if (fstat(*fd, st) != 0) {
		err_sys(e, "cannot stat %s", name);
		close(*fd);
		return -1;
	}
	if (!S_ISREG(st->st_mode) || (uint64_t)st->st_size > FILE_MAX_BYTES) {
		close(*fd);
		*fd = -1;
	}
	return 1;
}

int
name_hash(int folder, const char *name, struct sha256 *h, unsigned *mode,
    bool *other, struct err *e)
{
	struct stat st;
	uint64_t len;
	int fd, rc = name_open(folder, name, &fd, &st, e);

	*other = rc > 0 && fd < 0;
	if (rc <= 0 || fd < 0)
		return rc;
	if (sha256_of_fd(fd, h, &len) != 0)
		rc = err_sys(e, "cannot read %s", name);
	else if (len != (uint64_t)st.st_size)
		rc = err_set(e, ERR_BUSY, "The file changes while it is read");
	else if (mode)
		*mode = st.st_mode & 0777;
	close(fd);
	return rc;
}

int
name_equals(int folder, const char *name, struct str want, struct err *e)
{
	struct stat st;
	int fd, rc = name_open(folder, name, &fd, &st, e);

	if (rc <= 0 || fd < 0)
		return rc < 0 ? -1 : 0;
	rc = fd_equals(fd, want);
	if (rc < 0)
		err_sys(e, "cannot read %s", name);
	close(fd);
	return rc;
}
