#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tree/tree.h"

/* One folder, whose own folder is there. */
static int
make_one(const struct workspace *ws, struct str path, struct err *e)
{
	char name[PATH_MAX_BYTES + 1];
	struct str last = path_name(path);
	int parent, rc = 0;

	if (last.len > PATH_MAX_BYTES)
		return err_set(e, ERR_INVALID, "The path is too long");
	memcpy(name, last.p, last.len);
	name[last.len] = '\0';
	rc = folder_open(ws, path, &parent, e);
	if (rc <= 0)
		return rc ? -1 : err_set(e, ERR_STALE_BASE, "The folder of %.*s"
		    " is gone", STR_ARG(path));
	rc = 0;
	if (mkdirat(parent, name, 0777) != 0 && errno != EEXIST)
		rc = errno == EACCES || errno == EPERM || errno == EROFS ?
		    err_set(e, ERR_PATH_DENIED, "The server may not make the "
			"folder %.*s", STR_ARG(path)) :
		    err_sys(e, "cannot make the folder %.*s", STR_ARG(path));
	close(parent);
	return rc;
}

int
folders_make(const struct workspace *ws, struct str path, struct err *e)
{
	for (size_t i = 1; i < path.len; i++) {
		struct str folder = str_n(path.p, i);
		int found, fd;

		if (path.p[i] != '/')
			continue;
		found = open_beneath_or(ws, folder, O_PATH | O_DIRECTORY, &fd,
		    e);
		if (found < 0 || (!found && make_one(ws, folder, e) != 0))
			return -1;
		if (found)
			close(fd);
	}
	return 0;
}

void
folders_remove(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n)
{
	struct str *list;
	size_t n_list;

	if (n == 0 || folders_read(ws, a, rows[0].staged, &list, &n_list,
	    NULL) != 0)
		return;
	/* the innermost were written last */
	while (n_list--) {
		int fd;

		if (folder_open(ws, list[n_list], &fd, NULL) != 1)
			continue;
		unlinkat(fd, arena_cstr(a, path_name(list[n_list])),
		    AT_REMOVEDIR);
		close(fd);
	}
}

static int
path_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A folder that is gone, or that someone put something else in the place of,
 * holds nothing of ours. */
static int
sync_one(const struct workspace *ws, struct str path, struct err *e)
{
	struct err why = { 0 };
	int fd, rc, found = open_beneath_or(ws, path, O_RDONLY | O_DIRECTORY,
	    &fd, &why);

	if (found < 0 && why.kind != ERR_PATH_ESCAPE &&
	    why.kind != ERR_PATH_DENIED) {
		if (e)
			*e = why;
		return -1;
	}
	if (found <= 0)
		return 0;
	rc = fsync(fd) == 0 ? 0 : err_sys(e, "cannot sync a folder");
	close(fd);
	return rc;
}

int
folders_sync(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, struct err *e)
{
	struct str *made, *list;
	size_t n_made, n_list = 0;

	if (n == 0)
		return 0;
	if (folders_read(ws, a, rows[0].staged, &made, &n_made, e) != 0)
		return -1;
	list = arena_array_of(a, struct str, n + n_made);
	for (size_t i = 0; i < n; i++)
		list[n_list++] = path_folder(rows[i].path);
	for (size_t i = 0; i < n_made; i++)
		list[n_list++] = path_folder(made[i]);
	qsort(list, n_list, sizeof(*list), path_cmp);
	for (size_t i = 0; i < n_list; i++)
		if ((i == 0 || !str_eq(list[i], list[i - 1])) &&
		    sync_one(ws, list[i], e) != 0)
			return -1;
	/* What the renames left in the staging directory is of no use once the
	 * journal is closed, and recovery looks at the targets: no sync of it. */
	return 0;
}
