#include <unistd.h>

#include "tree/tree.h"

/* What the tree says about one row. */
enum row_state {
	ROW_TODO,		/* not done, and can be */
	ROW_STUCK,		/* not done, and cannot be */
	ROW_DONE,		/* done, and can be undone */
	ROW_FINAL		/* done, and cannot be undone */
};

/* What stands under a name. */
struct seen {
	bool there, before, after;
};

/* -1 with e when that cannot be known. */
static int
look(int folder, const char *name, const struct journal_file *row,
    struct seen *s, struct err *e)
{
	struct sha256 h, want;
	bool other = false;
	unsigned mode = 0;
	int found = name_hash(folder, name, &h, &mode, &other, e);
	bool by_mode = row->mode >= 0;

	*s = (struct seen){ .there = found > 0 };
	if (found < 0)
		return -1;
	if (!found || other)
		return 0;
	s->before = row->before_sha256.p &&
	    sha256_parse(row->before_sha256, &want) &&
	    sha256_eq(h, want) && !(by_mode && mode == (unsigned)row->mode);
	s->after = row->after_sha256.p &&
	    sha256_parse(row->after_sha256, &want) &&
	    sha256_eq(h, want) && !(by_mode && mode != (unsigned)row->mode);
	return 0;
}

/* The target; a link or a file in the place of its folder is someone else's,
 * and hides it. */
static int
look_target(struct workspace *ws, struct arena *a,
    const struct journal_file *row, struct seen *s, struct err *e)
{
	struct err why = { 0 };
	int fd, rc, found = folder_open(ws, row->path, &fd, &why);

	*s = (struct seen){ 0 };
	if (found < 0 && why.kind != ERR_PATH_ESCAPE &&
	    why.kind != ERR_PATH_DENIED) {
		if (e)
			*e = why;
		return -1;
	}
	s->there = found < 0;
	if (found <= 0)
		return 0;
	rc = look(fd, arena_cstr(a, path_name(row->path)), row, s, e);
	close(fd);
	return rc;
}

static enum row_state
state_of(const struct journal_file *row, struct seen t, struct seen s)
{
	switch (row->action) {
	case JOURNAL_REPLACE:
		if (t.after)
			return s.before ? ROW_DONE : ROW_FINAL;
		return t.before && s.after ? ROW_TODO : ROW_STUCK;
	case JOURNAL_CREATE:
		if (t.after)
			return ROW_DONE;
		return !t.there && s.after ? ROW_TODO : ROW_STUCK;
	case JOURNAL_DELETE:
		if (!t.there)
			return s.before ? ROW_DONE : ROW_FINAL;
		return t.before ? ROW_TODO : ROW_STUCK;
	}
	return ROW_STUCK;
}

static int
states_of(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, enum row_state *states,
    struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct seen t, s;

		row_settle(ws, a, &rows[i]);
		if (look_target(ws, a, &rows[i], &t, e) != 0 ||
		    look(ws->stage, arena_cstr(a, rows[i].staged), &rows[i],
		    &s, e) != 0)
			return -1;
		states[i] = state_of(&rows[i], t, s);
	}
	return 0;
}

/* Do what is left; false when something cannot be done. */
static bool
forward(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, enum row_state *states)
{
	for (size_t i = 0; i < n; i++)
		if (states[i] == ROW_STUCK)
			return false;
	for (size_t i = 0; i < n; i++) {
		if (states[i] != ROW_TODO)
			continue;
		if (row_forward(ws, a, &rows[i], NULL) != 0)
			return false;
		states[i] = ROW_DONE;
	}
	return true;
}

static int
backward(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, const enum row_state *states,
    struct err *e)
{
	struct err why = { 0 };

	for (size_t i = 0; i < n; i++)
		if (states[i] == ROW_FINAL)
			return err_set(e, ERR_NOT_READY, "A batch can be "
			    "neither finished nor undone: what %.*s was before "
			    "is gone from %s", STR_ARG(rows[i].path),
			    STAGE_NAME);
	for (size_t i = n; i-- > 0;)
		if (states[i] == ROW_DONE &&
		    row_back(ws, a, &rows[i], &why) != 0)
			return err_set(e, ERR_NOT_READY, "A batch cannot be "
			    "undone: %s", why.detail);
	folders_remove(ws, a, rows, n);
	return 0;
}

int
workspace_recover(struct workspace *ws, struct arena *a,
    const struct journal_file *rows, size_t n, enum recover_result *what,
    struct err *e)
{
	enum row_state *states = arena_array_of(a, enum row_state, n + 1);

	*what = RECOVER_DONE;
	if (n == 0)
		return 0;
	if (rows_check(rows, n, e) != 0 || stage_open(ws, e) != 0 ||
	    states_of(ws, a, rows, n, states, e) != 0)
		return -1;
	if (!forward(ws, a, rows, n, states)) {
		*what = RECOVER_UNDONE;
		if (states_of(ws, a, rows, n, states, e) != 0 ||
		    backward(ws, a, rows, n, states, e) != 0)
			return -1;
	}
	return folders_sync(ws, a, rows, n, e);
}
