#include "govern/recover.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "govern/record.h"
#include "store/journal.h"

int
workspace_lock(const struct govern *g, struct arena *a, struct str name,
    enum fd_lock how, struct err *e)
{
	struct str dir = arena_fmt(a, "%.*s/locks", STR_ARG(g->cfg->state_dir));

	if (fd_mkdir(dir.p, 0770, e) != 0)
		return -1;
	return fd_lock_file(arena_fmt(a, "%s/%.*s.lock", dir.p,
	    STR_ARG(name)).p, how, g->cfg->busy_ms, e);
}

static const char *const actions[] = {
	[JOURNAL_REPLACE] = "replace",
	[JOURNAL_CREATE] = "create",
	[JOURNAL_DELETE] = "delete",
};

static int
load_files(struct govern *g, struct arena *a, struct str batch_id,
    struct journal_file **out, size_t *n, struct err *e)
{
	struct journal_row *rows;

	if (journal_files(g->db, a, batch_id, &rows, n, e) != 0)
		return -1;
	*out = arena_array_of(a, struct journal_file, *n);
	for (size_t i = 0; i < *n; i++) {
		struct journal_file *f = &(*out)[i];

		f->path = rows[i].path;
		f->staged = rows[i].staged;
		f->before_sha256 = rows[i].before_sha256;
		f->after_sha256 = rows[i].after_sha256;
		while (f->action < JOURNAL_DELETE &&
		    !str_is(rows[i].action, actions[f->action]))
			f->action++;
	}
	return 0;
}

/* One batch: the tree first, then what the log says of it. */
static int
recover_batch(struct govern *g, struct arena *a, struct str batch_id,
    struct workspace *ws, struct err *e)
{
	struct journal_file *files;
	struct patch_event *outcomes;
	enum recover_result what;
	struct err undone = { 0 };
	size_t n_files, n;

	if (load_files(g, a, batch_id, &files, &n_files, e) != 0 ||
	    record_pending(g, a, batch_id, &outcomes, &n, e) != 0 ||
	    workspace_recover(ws, a, files, n_files, &what, e) != 0)
		return -1;
	if (what == RECOVER_UNDONE) {
		err_set(&undone, ERR_ROLLED_BACK, "the batch was interrupted; "
		    "its files are as they were before");
		record_turn_failed(outcomes, n, &undone);
	}
	if (record_outcomes(g, a, batch_id, outcomes, n,
	    what == RECOVER_UNDONE ? BATCH_ROLLED_BACK : BATCH_APPLIED,
	    &undone, e) != 0)
		return -1;
	workspace_clean(ws, files, n_files);
	log_warn("finished an interrupted batch", "batch_id", batch_id.p,
	    "result", what == RECOVER_UNDONE ? "undone" : "applied", NULL);
	govern_ring(g);
	return 0;
}

int
recover_workspace(struct govern *g, struct arena *a, struct str name,
    struct workspace *ws, struct err *e)
{
	struct str *ids;
	size_t n;

	if (journal_open_list(g->db, a, name, &ids, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (recover_batch(g, a, ids[i], ws, e) != 0)
			return -1;
	return 0;
}

static void
recover_one(struct govern *g, struct arena *a, struct str name)
{
	struct config quick = *g->cfg;
	struct govern now = *g;
	struct workspace *ws = NULL;
	struct err e = { 0 };
	const char *root;
	int lock;

	/* who holds the lock now will recover for itself */
	quick.busy_ms = 0;
	now.cfg = &quick;
	lock = workspace_lock(&now, a, name, FD_LOCK_EXCLUSIVE, &e);
	if (lock < 0)
		return;
	if (config_workspace(g->cfg, a, name, &root, &e) != 0 ||
	    workspace_open(root, &ws, &e) != 0 ||
	    recover_workspace(g, a, name, ws, &e) != 0)
		log_error("cannot recover a workspace", "workspace",
		    arena_cstr(a, name), "detail", e.detail, NULL);
	else
		workspace_sweep(ws);
	workspace_close(ws);
	close(lock);
}

int
recover_all(struct govern *g, struct arena *a, struct err *e)
{
	struct str rest = g->cfg->workspaces;

	(void)e;
	while (rest.p) {
		struct str part = str_trim(str_cut(&rest, ','));
		struct str name = str_trim(str_cut(&part, '='));

		if (name.len)
			recover_one(g, a, arena_str(a, name));
	}
	return 0;
}
