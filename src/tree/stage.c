#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "tree/tree.h"

#define FOLDERS_MAX_BYTES MIB(16)	/* BATCH_MAX_PATCHES paths */

const char *const journal_action_names[] = {
	[JOURNAL_REPLACE] = "replace",
	[JOURNAL_CREATE] = "create",
	[JOURNAL_DELETE] = "delete",
};

int
workspace_open(const char *root, struct workspace **out, struct err *e)
{
	static struct workspace none = { -1, -1 };
	struct workspace *ws;
	struct err why;
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*out = NULL;
	if (fd < 0) {
		err_sys(&why, "cannot open the workspace %s", root);
		return err_set(e, ERR_NOT_READY, "%s", why.detail);
	}
	ws = malloc(sizeof(*ws));
	if (!ws)
		abort();
	*ws = none;
	ws->root = fd;
	*out = ws;
	return 0;
}

void
workspace_close(struct workspace *ws)
{
	if (!ws)
		return;
	if (ws->stage >= 0)
		close(ws->stage);
	close(ws->root);
	free(ws);
}

/* The owner stays, as far as we may give files away. */
static void
owner_keep(int fd, const struct stat *like)
{
	struct stat mine;

	if (fstat(fd, &mine) == 0 &&
	    (like->st_uid != mine.st_uid || like->st_gid != mine.st_gid) &&
	    fchown(fd, like->st_uid, like->st_gid) != 0 &&
	    fchown(fd, (uid_t)-1, like->st_gid) != 0)
		errno = 0;		/* best effort */
}

/* A new file in the staging directory, complete and synced; fd stays open.
 * like is the file whose owner it gets, or NULL.  What is left of an earlier
 * try with this name is replaced. */
static int
stage_write(struct workspace *ws, const char *name, struct str bytes,
    unsigned mode, const struct stat *like, int *out, struct err *e)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(ws->stage, name, flags, 0600);

	if (fd < 0 && errno == EEXIST && unlinkat(ws->stage, name, 0) == 0)
		fd = openat(ws->stage, name, flags, 0600);
	if (fd < 0)
		return err_sys(e, "cannot create a staged file");
	if (like)
		owner_keep(fd, like);
	/* the mode comes last: a change of owner takes bits off */
	if (fd_write_all(fd, bytes) != 0 || fchmod(fd, mode & 0777) != 0 ||
	    fsync(fd) != 0) {
		err_sys(e, "cannot write a staged file");
		close(fd);
		unlinkat(ws->stage, name, 0);
		return -1;
	}
	*out = fd;
	return 0;
}

/* Keep git from seeing the staging directory. */
static int
ignore_write(struct workspace *ws, struct err *e)
{
	int fd;

	if (faccessat(ws->stage, ".gitignore", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (stage_write(ws, ".gitignore", STR("*\n"), 0644, NULL, &fd, e) != 0)
		return -1;
	if (close(fd) != 0)
		return err_sys(e, "cannot write %s/.gitignore", STAGE_NAME);
	return 0;
}

int
stage_open(struct workspace *ws, struct err *e)
{
	struct stat st;

	if (ws->stage >= 0)
		return 0;
	ws->stage = open_beneath(ws, STR(STAGE_NAME), O_RDONLY | O_DIRECTORY);
	if (ws->stage < 0 && errno == ENOENT) {
		if (mkdirat(ws->root, STAGE_NAME, 0700) == 0) {
			if (fsync(ws->root) != 0)
				return err_sys(e, "cannot sync the workspace");
		} else if (errno != EEXIST) {
			return err_sys(e, "cannot make %s", STAGE_NAME);
		}
		ws->stage = open_beneath(ws, STR(STAGE_NAME),
		    O_RDONLY | O_DIRECTORY);
	}
	if (ws->stage < 0)
		return err_sys(e, "cannot open %s", STAGE_NAME);
	if (fstat(ws->stage, &st) != 0 || st.st_uid != geteuid() ||
	    (st.st_mode & 022)) {
		close(ws->stage);
		ws->stage = -1;
		return err_set(e, ERR_NOT_READY, "%s is not the server's own, "
		    "or others may write to it", STAGE_NAME);
	}
	return ignore_write(ws, e);
}

/* "<batch>" of "<batch>.<n>". */
static struct str
staged_batch(struct str staged)
{
	size_t i = staged.len;

	while (i && staged.p[i - 1] != '.')
		i--;
	return str_n(staged.p, i ? i - 1 : 0);
}

struct str
staged_old(struct arena *a, struct str staged)
{
	return arena_fmt(a, "%.*s-old", STR_ARG(staged));
}

struct str
staged_folders(struct arena *a, struct str staged)
{
	return arena_fmt(a, "%.*s.dirs", STR_ARG(staged_batch(staged)));
}

/* What is on disk must be what was computed. */
static int
check_written(int fd, const struct file_change *f, struct err *e)
{
	int same = fd_equals(fd, f->after);

	if (same > 0)
		return 0;
	if (same < 0)
		return err_sys(e, "cannot read a file");
	return err_set(e, ERR_IO, "%.*s reads back differently from how it was "
	    "written", STR_ARG(f->path));
}

static int
stage_file(struct workspace *ws, const struct file_change *f, struct err *e)
{
	struct stat st, *like = NULL;
	int fd, old;

	if (!f->exists_after)
		return 0;
	/* one that is gone by now is seen when it is published */
	old = f->exists_before ?
	    open_beneath(ws, f->path, O_PATH | O_NOFOLLOW) : -1;
	if (old >= 0) {
		like = fstat(old, &st) == 0 ? &st : NULL;
		close(old);
	}
	if (stage_write(ws, f->staged.p, f->after, f->mode, like, &fd, e) != 0)
		return -1;
	if (check_written(fd, f, e) != 0) {
		close(fd);
		return -1;
	}
	if (close(fd) != 0)
		return err_sys(e, "cannot write a staged file");
	return 0;
}

/* Append the folders on the way to path that are missing. */
static int
missing_add(struct workspace *ws, struct str path, struct buf *out,
    struct err *e)
{
	for (size_t i = 1; i < path.len; i++) {
		int found, fd;

		if (path.p[i] != '/')
			continue;
		found = open_beneath_or(ws, str_n(path.p, i),
		    O_PATH | O_DIRECTORY, &fd, e);
		if (found < 0)
			return -1;
		if (found) {
			close(fd);
			continue;
		}
		buf_add(out, str_n(path.p, i));
		buf_addc(out, '\n');
	}
	return 0;
}

/* Which folders will have to be made is written down before any is, so that
 * undoing takes away those and no others. */
static int
stage_folders(struct workspace *ws, struct arena *a, struct file_change *files,
    size_t n, struct err *e)
{
	struct buf out = BUF_INIT(FOLDERS_MAX_BYTES);
	int fd, rc = -1;

	for (size_t i = 0; i < n; i++)
		if (files[i].exists_after && !files[i].exists_before &&
		    missing_add(ws, files[i].path, &out, e) != 0)
			goto out;
	if (buf_check(&out, "The list of new folders", e) != 0)
		goto out;
	if (out.len) {
		struct str name = staged_folders(a, files[0].staged);

		if (stage_write(ws, name.p, buf_str(&out), 0600, NULL, &fd,
		    e) != 0)
			goto out;
		if (close(fd) != 0) {
			err_sys(e, "cannot write %s", name.p);
			goto out;
		}
	}
	rc = 0;
out:
	buf_free(&out);
	return rc;
}

int
folders_read(struct workspace *ws, struct arena *a, struct str staged,
    struct str **list, size_t *n, struct err *e)
{
	struct str name = staged_folders(a, staged), text, line;
	int rc, fd = openat(ws->stage, name.p, O_RDONLY | O_NOFOLLOW |
	    O_CLOEXEC | O_NONBLOCK);

	*n = 0;
	*list = NULL;
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_sys(e, "cannot open %s", name.p);
	rc = read_all(fd, a, FOLDERS_MAX_BYTES, &text, e);
	close(fd);
	if (rc != 0)
		return -1;
	*list = arena_array_of(a, struct str, text.len / 2 + 1);
	while (text.len) {
		line = str_cut(&text, '\n');
		if (path_check(line, NULL) == 0)
			(*list)[(*n)++] = line;
	}
	return 0;
}

static bool
batch_id_ok(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!((id.p[i] | 0x20) >= 'a' && (id.p[i] | 0x20) <= 'z') &&
		    !(id.p[i] >= '0' && id.p[i] <= '9') && id.p[i] != '-')
			return false;
	return id.len > 0 && id.len <= 64;
}

static void
row_fill(struct arena *a, const struct file_change *f, struct journal_file *row)
{
	*row = (struct journal_file){ .path = f->path, .staged = f->staged,
	    .action = !f->exists_before ? JOURNAL_CREATE :
		!f->exists_after ? JOURNAL_DELETE : JOURNAL_REPLACE };
	if (f->exists_before) {
		row->before_sha256 = sha256_hex(a, f->before_sha256);
		row->before = f->before;
	}
	if (f->exists_after)
		row->after_sha256 = sha256_hex(a, f->after_sha256);
	row->mode = f->mode_only ? (int64_t)f->mode : -1;
}

int
workspace_stage(struct workspace *ws, struct arena *a, struct str batch_id,
    struct file_change *files, size_t n, struct journal_file **rows,
    struct err *e)
{
	if (!batch_id_ok(batch_id))
		return err_set(e, ERR_INTERNAL, "\"%.*s\" is no name for a "
		    "staged file", STR_ARG(batch_id));
	*rows = arena_array_of(a, struct journal_file, n + 1);
	if (n == 0)
		return 0;
	if (stage_open(ws, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		files[i].staged = arena_fmt(a, "%.*s.%zu", STR_ARG(batch_id), i);
		row_fill(a, &files[i], &(*rows)[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (stage_file(ws, &files[i], e) != 0)
			goto out;
	if (stage_folders(ws, a, files, n, e) != 0)
		goto out;
	if (fsync(ws->stage) != 0) {
		err_sys(e, "cannot sync %s", STAGE_NAME);
		goto out;
	}
	return 0;
out:
	workspace_clean(ws, *rows, n);
	return -1;
}

void
workspace_clean(struct workspace *ws, const struct journal_file *rows,
    size_t n)
{
	struct arena *a;

	if (n == 0 || stage_open(ws, NULL) != 0)
		return;
	a = arena_new();
	for (size_t i = 0; i < n; i++) {
		char *name = arena_cstr(a, rows[i].staged);

		unlinkat(ws->stage, name, 0);
		unlinkat(ws->stage, staged_old(a, rows[i].staged).p, 0);
	}
	unlinkat(ws->stage, staged_folders(a, rows[0].staged).p, 0);
	arena_free(a);
}

void
workspace_sweep(struct workspace *ws)
{
	workspace_sweep_of(ws, STR(""));
}

void
workspace_sweep_of(struct workspace *ws, struct str prefix)
{
	struct dirent *d;
	DIR *dir;
	int fd;

	if (stage_open(ws, NULL) != 0)
		return;
	fd = openat(ws->stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return;
	}
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0 &&
		    strcmp(d->d_name, ".gitignore") != 0 &&
		    str_starts(str(d->d_name), prefix))
			unlinkat(ws->stage, d->d_name, 0);
	closedir(dir);
}
