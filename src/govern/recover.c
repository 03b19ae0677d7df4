#include "govern/recover.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "govern/record.h"
#include "store/journal.h"

int
held_lock(const struct govern *g, struct arena *a, struct str name,
    enum fd_lock how, int64_t wait_ms, struct err *e)
{
	struct str dir = arena_fmt(a, "%.*s/locks", STR_ARG(g->cfg->state_dir));

	if (fd_mkdir(dir.p, 0770, e) != 0)
		return -1;
	return fd_lock_file(arena_fmt(a, "%s/%.*s.lock", dir.p,
	    STR_ARG(name)).p, how, wait_ms, e);
}

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
		f->mode = rows[i].mode;
		while (f->action < JOURNAL_DELETE &&
		    !str_is(rows[i].action,
		    journal_action_names[f->action]))
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

static int
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

/* 1: some batch is open, as one that is being written also is. */
static int
unfinished(struct govern *g, struct arena *a, struct str name, struct err *e)
{
	struct str *ids;
	size_t n;

	if (journal_open_list(g->db, a, name, &ids, &n, e) != 0)
		return -1;
	return n > 0;
}

void
held_end(struct held *h)
{
	workspace_close(h->ws);
	if (h->lock >= 0)
		close(h->lock);
	*h = (struct held){ NULL, -1 };
}

int
held_begin(struct govern *g, struct arena *a, struct str name,
    enum fd_lock how, struct held *out, struct err *e)
{
	int64_t wait_ms = g->cfg->busy_ms;
	const char *root;
	int open_batches;

	*out = (struct held){ NULL, -1 };
	if (config_workspace(g->cfg, a, name, &root, e) != 0)
		return err_at(e, "/workspace");
	out->lock = held_lock(g, a, name, how, wait_ms, e);
	if (out->lock < 0 || workspace_open(root, &out->ws, e) != 0)
		return -1;
	open_batches = unfinished(g, a, name, e);
	if (open_batches <= 0)
		return open_batches;
	if (how == FD_LOCK_SHARED) {
		close(out->lock);
		out->lock = held_lock(g, a, name, FD_LOCK_EXCLUSIVE, wait_ms,
		    e);
		if (out->lock < 0)
			return -1;
	}
	return recover_workspace(g, a, name, out->ws, e);
}

static void
recover_one(struct govern *g, struct arena *a, struct str name)
{
	struct workspace *ws = NULL;
	struct err e = { 0 };
	const char *root;
	/* who holds the lock now will recover for itself */
	int lock = held_lock(g, a, name, FD_LOCK_EXCLUSIVE, 0, &e);

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

void
recover_all(struct govern *g, struct arena *a)
{
	struct str rest = g->cfg->workspaces;

	while (rest.p) {
		struct str part = str_trim(str_cut(&rest, ','));
		struct str name = str_trim(str_cut(&part, '='));

		if (name.len)
			recover_one(g, a, arena_str(a, name));
	}
}
