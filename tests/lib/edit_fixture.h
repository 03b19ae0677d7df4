/* edit_fixture.h - a workspace in a new temporary folder, and its files. */
#ifndef TESTS_EDIT_FIXTURE_H
#define TESTS_EDIT_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "edit/plan.h"
#include "tap.h"

struct fixture {
	struct arena *a;
	struct workspace *ws;
	char *root;
	int fd;			/* of root */
};

static inline int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline char *
fixture_folder(struct arena *a)
{
	const char *tmp = getenv("TMPDIR");
	char *root = arena_cstr(a, arena_fmt(a, "%s/edit-XXXXXX",
	    tmp ? tmp : "/tmp"));

	if (!mkdtemp(root))
		bail_out("no temporary folder");
	return root;
}

static inline struct fixture
fixture_new(void)
{
	struct fixture f = { .a = arena_new() };

	f.root = fixture_folder(f.a);
	f.fd = open(f.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (workspace_open(f.root, &f.ws, NULL) != 0)
		bail_out("the workspace does not open");
	return f;
}

static inline void
fixture_free(struct fixture *f)
{
	workspace_close(f->ws);
	close(f->fd);
	nftw(f->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(f->a);
}

/* Write a file; the folders on the way are made. */
static inline void
fixture_put(struct fixture *f, const char *path, struct str bytes)
{
	char folder[512];
	int fd;

	for (size_t i = 1; path[i]; i++)
		if (path[i] == '/') {
			snprintf(folder, sizeof(folder), "%.*s", (int)i, path);
			mkdirat(f->fd, folder, 0755);
		}
	fd = openat(f->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || fd_write_all(fd, bytes) != 0 || close(fd) != 0)
		bail_out("cannot write a file");
}

/* What a file holds, or STR_NONE. */
static inline struct str
fixture_get(struct fixture *f, const char *path)
{
	struct buf b = BUF_INIT(FILE_MAX_BYTES);
	int fd = openat(f->fd, path, O_RDONLY | O_CLOEXEC);
	struct str s = STR_NONE;

	if (fd >= 0 && fd_read_all(fd, &b) == 0)
		s = arena_str(f->a, buf_str(&b));
	if (fd >= 0)
		close(fd);
	buf_free(&b);
	return s;
}

static inline bool
fixture_has(struct fixture *f, const char *path)
{
	return faccessat(f->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Plan with the usual limits; never -1 here. */
static inline struct plan
fixture_plan(struct fixture *f, const struct patch_batch *b)
{
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct plan p;
	struct err e;

	if (plan_make(f->a, f->ws, b, &limits, NULL, &p, &e) != 0 ||
	    plan_finish(&p, &e) != 0) {
		printf("# %s\n", e.detail);
		bail_out("no plan");
	}
	return p;
}

#endif
