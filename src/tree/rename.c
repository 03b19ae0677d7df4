#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tree/tree.h"

bool tree_plain_renames;

/* Where a row's target is. */
struct target {
	int folder;
	const char *name;
};

static int
rename_as(int from, const char *name, const struct target *to, unsigned flags)
{
	if (tree_plain_renames) {
		errno = EINVAL;
		return -1;
	}
	return renameat2(from, name, to->folder, to->name, flags);
}

static bool
not_supported(void)
{
	return errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
}

/* Rename unless the new name is taken. */
static int
move(const struct target *from, const struct target *to)
{
	if (rename_as(from->folder, from->name, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (!not_supported())
		return -1;
	if (linkat(from->folder, from->name, to->folder, to->name, 0) != 0)
		return -1;
	return unlinkat(from->folder, from->name, 0);
}

/* Staged file and target change places.  Without the kernel's help the target
 * is kept under a third name, and is never missing. */
static int
exchange(struct workspace *ws, const char *staged, const char *old,
    const struct target *t)
{
	if (rename_as(ws->stage, staged, t, RENAME_EXCHANGE) == 0)
		return 0;
	if (!not_supported())
		return -1;
	if (linkat(t->folder, t->name, ws->stage, old, 0) != 0)
		return -1;
	if (renameat(ws->stage, staged, t->folder, t->name) != 0) {
		unlinkat(ws->stage, old, 0);
		return -1;
	}
	return renameat(ws->stage, old, ws->stage, staged);
}

static int
stale(const struct journal_file *row, struct err *e)
{
	return err_set(e, ERR_STALE_BASE, "%.*s was changed by someone else "
	    "while the batch was made", STR_ARG(row->path));
}

/* What a failed rename means to the client. */
static int
refusal(const struct journal_file *row, struct err *e)
{
	switch (errno) {
	case ENOENT:
	case EEXIST:
	case ENOTDIR:
		return stale(row, e);
	case EXDEV:
		return err_set(e, ERR_PATH_DENIED, "%.*s is on another file "
		    "system than the workspace", STR_ARG(row->path));
	case EACCES:
	case EPERM:
	case EROFS:
	case EBUSY:
		return err_set(e, ERR_PATH_DENIED, "The server may not change "
		    "%.*s", STR_ARG(row->path));
	default:
		return err_sys(e, "cannot rename %.*s", STR_ARG(row->path));
	}
}

/* The step was taken back or not; e says already why it had to be. */
static int
taken_back(const struct journal_file *row, int rc, struct err *e)
{
	struct err why;

	if (rc == 0)
		return -1;
	err_sys(&why, "cannot put %.*s back", STR_ARG(row->path));
	return err_set(e, ERR_NOT_READY, "%s", why.detail);
}

/* Is what was taken out of the tree what the row says was there? */
static int
taken_check(struct workspace *ws, const char *staged,
    const struct journal_file *row, struct err *e)
{
	struct sha256 want, got;
	bool other, same;
	int found;

	if (row->before.p) {
		found = name_equals(ws->stage, staged, row->before, e);
		same = found > 0;
	} else {
		found = name_hash(ws->stage, staged, &got, NULL, &other, e);
		same = found > 0 && !other &&
		    sha256_parse(row->before_sha256, &want) &&
		    sha256_eq(got, want);
	}
	if (found < 0)
		return -1;
	return same ? 0 : stale(row, e);
}

static int
replace(struct workspace *ws, struct arena *a, const struct target *t,
    const struct journal_file *row, struct err *e)
{
	const char *staged = arena_cstr(a, row->staged);
	const char *old = staged_old(a, row->staged).p;

	if (exchange(ws, staged, old, t) != 0)
		return refusal(row, e);
	if (taken_check(ws, staged, row, e) == 0)
		return 0;
	return taken_back(row, exchange(ws, staged, old, t), e);
}

static int
take_out(struct workspace *ws, struct arena *a, const struct target *t,
    const struct journal_file *row, struct err *e)
{
	struct target staged = { ws->stage, arena_cstr(a, row->staged) };

	if (move(t, &staged) != 0)
		return refusal(row, e);
	if (taken_check(ws, staged.name, row, e) == 0)
		return 0;
	return taken_back(row, move(&staged, t), e);
}

/* Open the row's folder and name the target in it. */
static int
target_open(struct workspace *ws, struct arena *a,
    const struct journal_file *row, struct target *t, struct err *e)
{
	int found;

	t->name = arena_cstr(a, path_name(row->path));
	found = folder_open(ws, row->path, &t->folder, e);
	return found == 0 ? stale(row, e) : found < 0 ? -1 : 0;
}

int
row_forward(struct workspace *ws, struct arena *a,
    const struct journal_file *row, struct err *e)
{
	struct target t, staged = { ws->stage, arena_cstr(a, row->staged) };
	int rc = -1;

	if (row->action == JOURNAL_CREATE &&
	    folders_make(ws, row->path, e) != 0)
		return -1;
	if (target_open(ws, a, row, &t, e) != 0)
		return -1;
	switch (row->action) {
	case JOURNAL_REPLACE:
		rc = replace(ws, a, &t, row, e);
		break;
	case JOURNAL_CREATE:
		rc = move(&staged, &t) == 0 ? 0 : refusal(row, e);
		break;
	case JOURNAL_DELETE:
		rc = take_out(ws, a, &t, row, e);
		break;
	}
	close(t.folder);
	return rc;
}

int
row_back(struct workspace *ws, struct arena *a,
    const struct journal_file *row, struct err *e)
{
	struct target t, staged = { ws->stage, arena_cstr(a, row->staged) };
	int rc = -1;

	if (target_open(ws, a, row, &t, e) != 0)
		return -1;
	switch (row->action) {
	case JOURNAL_REPLACE:
		rc = exchange(ws, staged.name, staged_old(a, row->staged).p,
		    &t);
		break;
	case JOURNAL_CREATE:
		rc = move(&t, &staged);
		break;
	case JOURNAL_DELETE:
		rc = move(&staged, &t);
		break;
	}
	if (rc != 0)
		refusal(row, e);
	close(t.folder);
	return rc;
}

static bool
same_file(const struct target *a, const struct target *b)
{
	struct stat sa, sb;

	return fstatat(a->folder, a->name, &sa, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(b->folder, b->name, &sb, AT_SYMLINK_NOFOLLOW) == 0 &&
	    sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

void
row_settle(struct workspace *ws, struct arena *a,
    const struct journal_file *row)
{
	struct target t, staged = { ws->stage, arena_cstr(a, row->staged) };
	struct target old = { ws->stage, staged_old(a, row->staged).p };

	/* exchange() was cut short */
	if (faccessat(old.folder, old.name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		if (faccessat(ws->stage, staged.name, F_OK,
		    AT_SYMLINK_NOFOLLOW) == 0)
			unlinkat(ws->stage, old.name, 0);
		else
			renameat(ws->stage, old.name, ws->stage, staged.name);
	}
	/* move() was: one file has both names */
	if (target_open(ws, a, row, &t, NULL) != 0)
		return;
	if (row->action != JOURNAL_REPLACE && same_file(&t, &staged))
		unlinkat(ws->stage, staged.name, 0);
	close(t.folder);
}
