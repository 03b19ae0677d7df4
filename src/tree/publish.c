#include "tree/tree.h"

int
rows_check(const struct journal_file *rows, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		if (path_check(rows[i].path, e) != 0)
			return -1;
		if (!rows[i].staged.len || str_has(rows[i].staged, '/') ||
		    str_has(rows[i].staged, '\0') || rows[i].staged.p[0] == '.')
			return err_set(e, ERR_INTERNAL, "The journal has no "
			    "good name for %.*s", STR_ARG(rows[i].path));
	}
	return 0;
}

/* Undo rows 0..n-1 of `all`; the fault that made us is in e, and stays there
 * unless this fails too. */
static int
undo(struct workspace *ws, struct arena *a, const struct journal_file *rows,
    size_t n, size_t all, struct err *e)
{
	struct err why = { 0 };
	bool failed = false;

	for (size_t i = n; i-- > 0;) {
		row_settle(ws, a, &rows[i]);
		failed |= row_back(ws, a, &rows[i], &why) != 0;
	}
	folders_remove(ws, a, rows, all);
	failed |= folders_sync(ws, a, rows, all, &why) != 0;
	if (failed)
		err_set(e, ERR_NOT_READY, "The batch could not be undone: %s",
		    why.detail);
	return -1;
}

int
workspace_publish(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, struct err *e)
{
	if (n == 0)
		return 0;
	if (rows_check(rows, n, e) != 0 || stage_open(ws, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (row_forward(ws, a, &rows[i], e) != 0)
			return undo(ws, a, rows, i, n, e);
	if (folders_sync(ws, a, rows, n, e) != 0)
		return undo(ws, a, rows, n, n, e);
	return 0;
}
