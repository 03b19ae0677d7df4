#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "validate/serve.h"

#define DEPTH_MAX 64

/* What may still be copied. */
struct budget {
	int64_t bytes, files;
};

static int copy_folder(int from, int to, int depth, struct budget *b);

static int
copy_bytes(int in, int out, off_t size)
{
	off_t left = size;

	while (left > 0) {
		ssize_t n = copy_file_range(in, NULL, out, NULL,
		    (size_t)left, 0);

		if (n == 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		left -= n;
	}
	while (left > 0) {		/* between file systems */
		char piece[KIB(64)];
		ssize_t n = read(in, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (fd_write_all(out, str_n(piece, (size_t)n)) != 0)
			return -1;
		left -= n;
	}
	return 0;
}

static int
copy_file(int from, int to, const char *name, const struct stat *st,
    struct budget *b)
{
	int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    O_NONBLOCK), out, rc;

	if (in < 0)			/* not for us to read: not for it */
		return errno == EACCES || errno == ENOENT ? 0 : -1;
	b->bytes -= st->st_size;
	out = b->bytes < 0 ? (errno = EFBIG, -1) : openat(to, name, O_WRONLY |
	    O_CREAT | O_EXCL | O_CLOEXEC, st->st_mode & 0700);
	if (out < 0) {
		close(in);
		return -1;
	}
	rc = copy_bytes(in, out, st->st_size);
	/* its own time too: tools compare them */
	if (rc == 0)
		rc = futimens(out, (struct timespec[]){ st->st_atim,
		    st->st_mtim });
	close(in);
	if (close(out) != 0)
		rc = -1;
	return rc;
}

static int
copy_link(int from, int to, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = '\0';
	return symlinkat(target, to, name);
}

static int
copy_sub(int from, int to, const char *name, int depth, struct budget *b)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int in = openat(from, name, flags), out, rc = -1;

	if (in < 0)
		return errno == EACCES || errno == ENOENT ? 0 : -1;
	if (mkdirat(to, name, 0700) == 0) {
		out = openat(to, name, flags);
		if (out >= 0) {
			rc = copy_folder(in, out, depth + 1, b);
			close(out);
		}
	}
	close(in);
	return rc;
}

static bool
is_ours(const char *name)
{
	return strcmp(name, ".git") == 0 || strcmp(name, ".patchwarden") == 0;
}

static int
copy_entry(int from, int to, const char *name, int depth, struct budget *b)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    (depth == 0 && is_ours(name)))
		return 0;
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : -1;
	if (--b->files < 0) {
		errno = EFBIG;
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return copy_sub(from, to, name, depth, b);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, name);
	return S_ISREG(st.st_mode) ? copy_file(from, to, name, &st, b) : 0;
}

static int
copy_folder(int from, int to, int depth, struct budget *b)
{
	int fd = fcntl(from, F_DUPFD_CLOEXEC, 0), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (depth > DEPTH_MAX) {
		errno = EFBIG;
		rc = -1;
	}
	while (rc == 0 && (d = readdir(dir)))
		rc = copy_entry(from, to, d->d_name, depth, b);
	closedir(dir);
	return rc;
}

/* rm -rf; folders that a validator closed are opened. */
static void
remove_tree(int at, const char *name)
{
	int fd;
	DIR *dir;
	struct dirent *d;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
		fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
	if (fd < 0)
		return;
	fchmod(fd, 0700);
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			remove_tree(fd, d->d_name);
	closedir(dir);
	unlinkat(at, name, AT_REMOVEDIR);
}

static int
fill(const char *root, const struct job *job, const struct copy *c)
{
	struct budget b = { (int64_t)VIEW_MAX_BYTES, VIEW_MAX_FILES };
	int from = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int to = open(c->tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = from < 0 || to < 0 ? -1 : copy_folder(from, to, 0, &b);

	if (rc == 0)
		rc = view_change(to, job);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return rc;
}

int
copy_begin(const char *views, const char *root, const struct job *job,
    struct copy *c)
{
	size_t n = strlen(views);
	int error;

	c->lock = -1;
	if (n + 32 > sizeof(c->folder)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (fd_mkdir(views, 0700, NULL) != 0)
		return -1;
	memcpy(c->folder, views, n);
	memcpy(c->folder + n, "/XXXXXX", 8);
	if (!mkdtemp(c->folder))
		return -1;
	n = strlen(c->folder);
	memcpy(c->tree, c->folder, n);
	memcpy(c->tree + n, "/tree", 6);
	memcpy(c->scratch, c->folder, n);
	memcpy(c->scratch + n, "/tmp", 5);
	c->lock = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->lock >= 0 && flock(c->lock, LOCK_EX | LOCK_NB) == 0 &&
	    mkdir(c->tree, 0700) == 0 && mkdir(c->scratch, 0700) == 0 &&
	    fill(root, job, c) == 0)
		return 0;
	error = errno;
	copy_end(c);
	errno = error;
	return -1;
}

void
copy_end(struct copy *c)
{
	remove_tree(AT_FDCWD, c->folder);
	if (c->lock >= 0)
		close(c->lock);
	c->lock = -1;
}

void
copy_sweep(const char *views)
{
	DIR *dir = opendir(views);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		int fd;

		if (d->d_name[0] == '.')
			continue;
		fd = openat(dirfd(dir), d->d_name, O_RDONLY | O_DIRECTORY |
		    O_NOFOLLOW | O_CLOEXEC);
		/* whoever uses it holds it */
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(dirfd(dir), d->d_name);
		if (fd >= 0)
			close(fd);
	}
	if (dir)
		closedir(dir);
}
