#include "govern/revert.h"

#include <stdlib.h>

#include "base/clock.h"
#include "edit/ops.h"
#include "govern/apply.h"
#include "govern/record.h"
#include "govern/undo.h"
#include "policy/policy.h"
#include "ledger/log_query.h"

/* A patch to take back. */
struct target {
	struct str patch_id;
	struct patch_event original;	/* its event when it was applied */
	struct file_edit *rows;		/* one for each file */
	size_t n;
	struct undo_conflict *conflicts;
	size_t n_conflicts;
};

/* One revert on its way; everything in the request's arena. */
struct revert {
	struct govern *g;
	struct arena *a;
	const struct revert_request *req;
	const struct verb_request *verb;
	struct patch_batch batch;
	struct history_source from;
	struct target *targets;		/* newest first: operation k is the k-th */
	size_t n;
	struct undo_track *tracks;	/* in path order */
	size_t n_tracks;
	size_t held;			/* bytes of files in memory */
	size_t carries;			/* left of REVERT_MAX_CARRIES */
};

static const char *const nouns[REVERT_BY__MAX] = {
	[REVERT_PATCH] = "patch", [REVERT_BATCH] = "batch",
	[REVERT_ORDER] = "order", [REVERT_TASK] = "task",
	[REVERT_REQUESTER] = "requester",
};

static int
nothing_found(struct revert *r, struct err *e)
{
	const struct revert_choice *c = &r->req->what;
	struct patch_event *rows;
	bool applied = false;
	size_t n = 0;

	if (c->by == REVERT_PATCH && log_of_patch(r->g->db, r->a,
	    c->id, &rows, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		applied |= rows[i].type == EVENT_PATCH_APPLIED;
	if (applied)
		return err_set(e, ERR_INVALID, "patch %.*s was applied "
		    "elsewhere, or what it did is not kept any more, so that "
		    "it cannot be taken back", STR_ARG(c->id));
	if (n)
		return err_set(e, ERR_INVALID, "patch %.*s was not applied "
		    "here, so that there is nothing to take back",
		    STR_ARG(c->id));
	if (c->by == REVERT_PATCH || c->by == REVERT_BATCH)
		return err_set(e, ERR_NOT_FOUND, "there is no %s %.*s",
		    nouns[c->by], STR_ARG(c->id));
	return err_set(e, ERR_NOT_FOUND, "no patch of %s %.*s was applied in "
	    "workspace %.*s%s", nouns[c->by], STR_ARG(c->id),
	    STR_ARG(r->batch.workspace),
	    c->by == REVERT_REQUESTER ? " since then" : "");
}

static int
all_reverted(struct revert *r, const struct reverted_patch *rows, size_t n,
    struct err *e)
{
	const struct reverted_patch *last = &rows[0];

	for (size_t i = 1; i < n; i++)
		if (rows[i].reverted_ms > last->reverted_ms)
			last = &rows[i];
	return err_set(e, ERR_ALREADY_REVERTED, "%s %.*s was reverted by batch "
	    "%.*s at %s", nouns[r->req->what.by], STR_ARG(r->req->what.id),
	    STR_ARG(last->revert_batch), clock_text(r->a,
	    last->reverted_ms).p);
}

/* Which patches, the newest first. */
static int
pick(struct revert *r, struct err *e)
{
	struct revert_choice c = r->req->what;
	struct reverted_patch *rows;
	size_t n;

	c.workspace = r->batch.workspace;
	if (patch_revert_select(r->g->db, r->a, &c, BATCH_MAX_PATCHES + 1,
	    &rows, &n, e) != 0)
		return -1;
	if (n == 0 || !str_eq(rows[0].workspace, r->batch.workspace))
		return nothing_found(r, e);
	if (n > BATCH_MAX_PATCHES)
		return err_set(e, ERR_LIMIT_EXCEEDED, "more than %d patches "
		    "would be reverted", BATCH_MAX_PATCHES);
	r->targets = arena_array_of(r->a, struct target, n);
	for (size_t i = 0; i < n; i++)
		if (!rows[i].revert_batch.p)
			r->targets[r->n++].patch_id = rows[i].patch_id;
	return r->n ? 0 : all_reverted(r, rows, n, e);
}

/* What the log says of a patch: that it was applied; of the revert of one, that
 * it was asked for. */
static int
load_original(struct revert *r, struct target *t, struct err *e)
{
	struct patch_event *rows;
	size_t n;

	if (log_of_patch(r->g->db, r->a, t->patch_id, &rows, &n,
	    e) != 0 || file_edit_of_patch(r->g->db, r->a, t->patch_id,
	    &t->rows, &t->n, e) != 0)
		return -1;
	if (n == 0)
		return err_set(e, ERR_INVALID, "the log does not go back to "
		    "patch %.*s any more, so that it cannot be taken back",
		    STR_ARG(t->patch_id));
	t->original = rows[0];
	for (size_t i = 0; i < n; i++)
		if (rows[i].type == EVENT_PATCH_APPLIED)
			t->original = rows[i];
	t->original.patch_id = t->patch_id;
	t->conflicts = arena_array_of(r->a, struct undo_conflict, t->n + 1);
	return 0;
}

static int
track_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct undo_track *)a)->path,
	    ((const struct undo_track *)b)->path);
}

static struct undo_track *
track_of(const struct revert *r, struct str path)
{
	struct undo_track key = { .path = path };

	return bsearch(&key, r->tracks, r->n_tracks, sizeof(key), track_cmp);
}

/* The files of all patches, each once, with the oldest row of it. */
static void
list_tracks(struct revert *r)
{
	struct undo_track *all;
	size_t n = 0, rows = 0;

	for (size_t k = 0; k < r->n; k++)
		rows += r->targets[k].n;
	all = arena_array_of(r->a, struct undo_track, rows + 1);
	for (size_t k = 0; k < r->n; k++)
		for (size_t i = 0; i < r->targets[k].n; i++)
			all[n++] = (struct undo_track){ .a = r->a,
			    .carries = &r->carries,
			    .path = r->targets[k].rows[i].path,
			    .first_id = r->targets[k].rows[i].id };
	qsort(all, n, sizeof(*all), track_cmp);
	r->tracks = all;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || track_cmp(&all[r->n_tracks - 1], &all[i]) != 0)
			all[r->n_tracks++] = all[i];
		else if (all[i].first_id < all[r->n_tracks - 1].first_id)
			all[r->n_tracks - 1].first_id = all[i].first_id;
	}
}

/* Read them, and what was done to them. */
static int
load_tracks(struct revert *r, struct workspace *ws, struct err *e)
{
	list_tracks(r);
	for (size_t i = 0; i < r->n_tracks; i++) {
		if (undo_open(&r->tracks[i], ws, &r->from,
		    (size_t)r->g->cfg->file_bytes, e) != 0)
			return -1;
		r->held += r->tracks[i].before.len;
		if (r->held > BATCH_MAX_BYTES)
			return err_set(e, ERR_LIMIT_EXCEEDED, "the files of "
			    "these patches have more than %zu bytes; revert "
			    "fewer at once", BATCH_MAX_BYTES);
	}
	for (size_t k = 0; k < r->n; k++)
		for (size_t i = 0; i < r->targets[k].n; i++) {
			const struct file_edit *row = &r->targets[k].rows[i];

			undo_want(track_of(r, row->path), row->id);
		}
	for (size_t i = 0; i < r->n_tracks; i++)
		if (undo_settle(&r->tracks[i], e) != 0)
			return -1;
	return 0;
}

/* Operation k: what it takes to undo target k.  Counts its conflicts. */
static int
make_op(struct revert *r, size_t k, struct err *e)
{
	struct target *t = &r->targets[k];
	struct patch_op *op = &r->batch.ops[k];
	struct undo_file *undo = arena_array_of(r->a, struct undo_file, t->n + 1);

	contract_defaults(&patch_op_contract, op);
	op->op = OP_UNDO;
	op->start = op->end = op->line = op->mode = -1;
	op->file = t->original.file.p ? t->original.file : t->rows[0].path;
	op->task_id = t->original.task_id;
	op->undo = undo;
	op->n_undo = t->n;
	for (size_t i = 0; i < t->n; i++) {
		int rc = undo_take_back(track_of(r, t->rows[i].path),
		    t->patch_id, &undo[i], &t->conflicts[t->n_conflicts], e);

		if (rc < 0)
			return -1;
		t->n_conflicts += rc == 0;
	}
	return 0;
}

/* The problem of a revert that later edits do not let through. */
static void
add_fault(struct revert *r, struct err **last, const struct undo_conflict *c)
{
	struct err *f = *last;

	if (f->kind) {
		f->next = arena_new_of(r->a, struct err);
		f = f->next;
	}
	err_set(f, c->stale ? ERR_STALE_BASE : ERR_REVERT_CONFLICT, "%.*s",
	    STR_ARG(c->detail));
	err_at(f, "%.300s", arena_cstr(r->a, c->path));
	*last = f;
}

static struct patch_event
result_of(const struct revert *r, const struct target *t,
    const struct undo_conflict *c)
{
	struct patch_event p;

	contract_defaults(&patch_event_contract, &p);
	record_copy_trail(&p, &t->original);
	p.patch_id = t->patch_id;
	p.file = c ? c->path : t->original.file;
	p.op = STR("revert");
	p.workspace = r->batch.workspace;
	p.requester = r->batch.requester;
	p.ts_ms = clock_now_ms();
	p.status = STR("not_applied");
	p.code = STR("not_applied");
	if (!c)
		return p;
	p.status = STR("failed");
	p.code = str(err_row(c->stale ? ERR_STALE_BASE :
	    ERR_REVERT_CONFLICT)->code);
	p.error = c->detail;
	p.conflict_patch_id = c->patch_id;
	p.current_sha256 = c->current_sha256;
	p.current_text = c->current_text;
	p.current_line = c->current_line;
	return p;
}

static void
refuse(struct revert *r, size_t n_conflicts, struct verb_answer *answer)
{
	struct patch_event *results = arena_array_of(r->a, struct patch_event,
	    n_conflicts + r->n);
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	struct err why = { 0 }, *last = &why;
	size_t n = 0, faults = 0;

	for (size_t k = 0; k < r->n; k++) {
		const struct target *t = &r->targets[k];

		for (size_t i = 0; i < t->n_conflicts; i++) {
			const struct undo_conflict *c = &t->conflicts[i];

			if (faults++ < FAULTS_MAX)
				add_fault(r, &last, c);
			results[n++] = result_of(r, t, c);
		}
		if (t->n_conflicts == 0)
			results[n++] = result_of(r, t, NULL);
	}
	record_answer(&out, STR_NONE, r->batch.dry_run, results, n, &why,
	    NULL, r->verb->request_id, &answer->status);
	answer->content_type = STR("application/problem+json");
	answer->body = arena_str(r->a, buf_str(&out));
	buf_free(&out);
}

/* The text of a file that is denied by now is not shown; the policy has no say
 * otherwise, as nothing of this revert gets to it. */
static int
hide_denied(struct revert *r, struct err *e)
{
	struct policy policy = { 0 };

	if (policy_of(r->g->cfg, r->a, r->batch.workspace, &policy, e) < 0)
		return -1;
	for (size_t k = 0; k < r->n; k++)
		for (size_t i = 0; i < r->targets[k].n_conflicts; i++) {
			struct undo_conflict *c = &r->targets[k].conflicts[i];

			if (!policy_denies(&policy, c->path))
				continue;
			c->current_sha256 = c->current_text = STR_NONE;
			c->current_line = 0;
		}
	return 0;
}

/* Under the lock: what is to be done, or 1 with the answer why it cannot be. */
static int
make(void *ctx, struct workspace *ws, struct verb_answer *out, struct err *e)
{
	struct revert *r = ctx;
	size_t conflicts = 0;

	if (pick(r, e) != 0)
		return -1;
	for (size_t k = 0; k < r->n; k++)
		if (load_original(r, &r->targets[k], e) != 0)
			return -1;
	if (load_tracks(r, ws, e) != 0)
		return -1;
	r->batch.ops = arena_array_of(r->a, struct patch_op, r->n);
	r->batch.n_ops = r->n;
	for (size_t k = 0; k < r->n; k++) {
		if (make_op(r, k, e) != 0)
			return -1;
		conflicts += r->targets[k].n_conflicts;
	}
	if (conflicts == 0)
		return 0;
	if (hide_denied(r, e) != 0)
		return -1;
	refuse(r, conflicts, out);
	return 1;
}

/* Positions count in the files as make() read them. */
static int
check(void *ctx, const struct plan *p, struct err *e)
{
	const struct revert *r = ctx;

	for (size_t i = 0; i < p->n_seen; i++) {
		const struct plan_seen *s = &p->seen[i];
		const struct undo_track *t = track_of(r, s->path);

		if (t && (t->existed != s->existed || (t->existed &&
		    !sha256_eq(t->before_sha256, s->before_sha256))))
			return err_set(e, ERR_STALE_BASE, "%.*s was changed "
			    "while it was being reverted", STR_ARG(s->path));
	}
	return 0;
}

static const struct patch_event *
original(void *ctx, size_t k)
{
	const struct revert *r = ctx;

	return &r->targets[k].original;
}

/* The workspace that must be held before anything is sure. */
static int
find_workspace(struct revert *r, struct err *e)
{
	const struct revert_choice *c = &r->req->what;
	struct reverted_patch *rows;
	size_t n;

	r->batch.workspace = c->workspace.p ? c->workspace : STR("default");
	if (c->workspace.p || (c->by != REVERT_PATCH && c->by != REVERT_BATCH))
		return 0;
	if (patch_revert_select(r->g->db, r->a, c, 1, &rows, &n, e) != 0)
		return -1;
	if (n == 0)
		return nothing_found(r, e);
	r->batch.workspace = rows[0].workspace;
	return 0;
}

int
govern_revert(struct govern *g, struct arena *a,
    const struct revert_request *req, const struct verb_request *verb,
    struct verb_answer *out, struct err *e)
{
	struct revert r = { .g = g, .a = a, .req = req, .verb = verb,
	    .carries = REVERT_MAX_CARRIES };
	struct apply_maker maker = { &r, make, check, original };
	struct apply_request how = { .verb = *verb, .maker = &maker };

	contract_defaults(&patch_batch_contract, &r.batch);
	r.batch.requester = req->requester;
	r.batch.reason = req->reason;
	r.batch.dry_run = req->dry_run;
	r.batch.coordinates = COORD_SEQUENTIAL;
	r.batch.eol = EOL_KEEP;
	if (find_workspace(&r, e) != 0)
		return -1;
	r.from = (struct history_source){ g->db, r.batch.workspace, 0 };
	return govern_apply(g, a, &r.batch, &how, out, e);
}
