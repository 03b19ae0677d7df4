#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "validate/serve.h"

#define UPPER "/tmp/upper"
#define WORK "/tmp/work"
#define MERGED "/tmp/tree"
#define PID_MAX_LEAST 301

/* What no validator needs: sockets of services, other people's files. */
static const char *const masked[] = { "/run", "/var/tmp", "/dev/shm" };
/* Not of the tree: a whiteout of the upper layer hides them. */
static const char *const unseen[] = { ".git", ".patchwarden" };

static int
mount_scratch(const char *at, size_t bytes)
{
	char options[80];

	snprintf(options, sizeof(options), "size=%zu,nr_inodes=%d,mode=1777",
	    bytes, VIEW_MAX_FILES);
	return mount("tmpfs", at, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

/* The tree (the current folder) below a layer in memory that takes all that is
 * written; its descriptor, or -1. */
static int
stack(void)
{
	static const char layers[] = "userxattr,lowerdir=.,upperdir=" UPPER
	    ",workdir=" WORK;

	if (mount_scratch("/tmp", VALIDATOR_SCRATCH_BYTES) != 0 ||
	    mkdir(UPPER, 0755) != 0 || mkdir(WORK, 0755) != 0 ||
	    mkdir(MERGED, 0755) != 0)
		return -1;
	for (size_t i = 0; i < countof(unseen); i++) {
		char name[64];

		if (faccessat(AT_FDCWD, unseen[i], F_OK,
		    AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		snprintf(name, sizeof(name), UPPER "/%s", unseen[i]);
		if (mknod(name, S_IFCHR, makedev(0, 0)) != 0)
			return -1;
	}
	if (mount("overlay", MERGED, "overlay", MS_NOSUID | MS_NODEV,
	    layers) != 0)
		return -1;
	return open(MERGED, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* mkdir -p; what cannot be made shows when it is used. */
static void
make_folders(const char *path)
{
	char part[4096];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return;
	for (size_t i = 1; i <= n; i++)
		if (path[i] == '/' || path[i] == '\0') {
			memcpy(part, path, i);
			part[i] = '\0';
			mkdir(part, 0755);
		}
}

static int
bind(int fd, const char *at)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return mount(self, at, NULL, MS_BIND, NULL);
}

/* Fresh, empty folders over what is not to be seen; the one below /tmp also
 * covers the layers. */
static int
mask(const struct run *r)
{
	if (mount_scratch("/tmp", VALIDATOR_SCRATCH_BYTES) != 0)
		return -1;
	for (size_t i = 0; i < countof(masked); i++)
		if (mount_scratch(masked[i], MIB(1)) != 0 && errno != ENOENT)
			return -1;
	for (const char *const *h = r->options->hidden; h && *h; h++)
		if (mount_scratch(*h, MIB(1)) != 0 && errno != ENOENT &&
		    errno != ENOTDIR)
			return -1;
	return 0;
}

/* /proc of the new process namespace; where that is not allowed the old one
 * shows other processes, but lets nobody touch them. */
static void
new_proc(const struct run *r)
{
	struct mount_attr fixed = { .attr_set = MOUNT_ATTR_RDONLY };
	char most[24];
	int fd;

	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL) != 0)
		return;
	/* Since Linux 6.14 each namespace has its own: a stop for user 0, whom
	 * no other limit of processes binds.  The kernel wants 301 at least. */
	snprintf(most, sizeof(most), "%lld", (long long)r->how.v.processes +
	    PID_MAX_LEAST);
	fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fd_write_all(fd, str(most));
		close(fd);
	}
	(void)mount_setattr(AT_FDCWD, "/proc", 0, &fixed, sizeof(fixed));
}

int
view_mount(const struct run *r, enum jail_step *step)
{
	struct mount_attr fixed = { .attr_set = MOUNT_ATTR_RDONLY |
	    MOUNT_ATTR_NOSUID };
	int fd;

	*step = JAIL_NAMESPACES;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &fixed,
	    sizeof(fixed)) != 0)
		return -1;
	*step = JAIL_VIEW;
	if (chdir(r->root) != 0)
		return -1;
	if (r->view) {
		/* a copy, read-only with all the rest until it is bound */
		struct mount_attr open_up = { .attr_clr = MOUNT_ATTR_RDONLY };

		fd = open_tree(AT_FDCWD, r->view, OPEN_TREE_CLONE |
		    OPEN_TREE_CLOEXEC);
		if (fd < 0 || mount_setattr(fd, "", AT_EMPTY_PATH, &open_up,
		    sizeof(open_up)) != 0)
			return -1;
	} else {
		fd = stack();
	}
	if (fd < 0 || mask(r) != 0)
		return -1;
	make_folders(r->root);
	if (r->view ? move_mount(fd, "", AT_FDCWD, r->root,
	    MOVE_MOUNT_F_EMPTY_PATH) != 0 : bind(fd, r->root) != 0)
		return -1;
	if (chdir("/") != 0 || chdir(r->root) != 0)
		return -1;
	close(fd);
	new_proc(r);
	if (r->view)
		return 0;
	*step = JAIL_FILES;
	return view_change(AT_FDCWD, r->job);
}

static int
write_file(int at, const struct job_file *f, const char *path)
{
	int fd = openat(at, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return -1;
	rc = fd_write_all(fd, f->bytes);
	if (rc == 0)
		rc = fchmod(fd, (mode_t)f->mode);
	if (close(fd) != 0)
		rc = -1;
	return rc;
}

int
view_change(int at, const struct job *job)
{
	char path[PATH_MAX_BYTES + 1];

	/* away first: a folder may take the place of a file */
	for (size_t i = 0; i < job->n_files; i++) {
		struct str p = job->files[i].path;

		snprintf(path, sizeof(path), "%.*s", STR_ARG(p));
		if (unlinkat(at, path, 0) != 0 && errno != ENOENT && errno != ENOTDIR)
			return -1;
	}
	for (size_t i = 0; i < job->n_files; i++) {
		const struct job_file *f = &job->files[i];

		if (!f->exists)
			continue;
		for (size_t k = 1; k < f->path.len; k++)
			if (f->path.p[k] == '/') {
				snprintf(path, sizeof(path), "%.*s", (int)k,
				    f->path.p);
				mkdirat(at, path, 0755);
			}
		snprintf(path, sizeof(path), "%.*s", STR_ARG(f->path));
		if (write_file(at, f, path) != 0)
			return -1;
	}
	return 0;
}
