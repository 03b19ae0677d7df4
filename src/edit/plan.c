#include "edit/plan_file.h"

/* Operation k of an atomic batch after one of its file was refused: the file
 * is not what its numbers count in, so nothing can be said about it. */
static bool
is_moot(const struct planner *p, size_t k)
{
	return p->batch->atomic && p->files[p->file_of[k]].stopped;
}

static void
run(struct planner *p, size_t k)
{
	struct plan_result *r = &p->out->results[k];
	struct file *f = &p->files[p->file_of[k]];

	r->diff = STR("");
	if (is_moot(p, k)) {
		r->status = PLAN_NOT_APPLIED;
		return;
	}
	if (plan_op(p, k, r, &r->err) == 0)
		return;
	err_at(&r->err, "/patches/%zu", k);
	r->status = PLAN_REFUSED;
	p->out->refused = true;
	f->stopped = p->batch->coordinates == COORD_SEQUENTIAL;
}

/* Nothing of an atomic batch with a refusal is done. */
static void
undo(struct planner *p)
{
	struct plan *out = p->out;
	size_t first = 0;

	while (out->results[first].status != PLAN_REFUSED)
		first++;
	for (size_t k = 0; k < out->n_results; k++) {
		struct plan_result *r = &out->results[k];

		if (r->status == PLAN_REFUSED)
			continue;
		r->status = PLAN_NOT_APPLIED;
		r->diff = STR("");
		r->lines_added = r->lines_removed = 0;
		err_set(&r->err, ERR_NOT_APPLIED, "Operation %zu was refused",
		    first);
		err_at(&r->err, "/patches/%zu", k);
	}
}

/* The hashes around the batch, made once for each file. */
static void
hashes(struct planner *p)
{
	struct plan *out = p->out;
	struct str *before, *after;

	before = arena_array_of(p->a, struct str, p->n_files + 1);
	after = arena_array_of(p->a, struct str, p->n_files + 1);
	for (size_t i = 0; i < p->n_files; i++)
		if (p->files[i].state == FILE_READ && p->files[i].existed)
			before[i] = sha256_hex(p->a, p->files[i].before_sha256);
	for (size_t i = 0; i < p->n_files; i++)
		after[i] = p->files[i].exists ? before[i] : STR_NONE;
	for (size_t i = 0; i < out->n_files; i++) {
		struct file *f = plan_file_find(p, out->files[i].path);

		after[f - p->files] = out->files[i].exists_after ?
		    sha256_hex(p->a, out->files[i].after_sha256) : STR_NONE;
	}
	for (size_t k = 0; k < out->n_results; k++) {
		struct plan_result *r = &out->results[k];

		r->before_sha256 = before[p->file_of[k]];
		if (r->status == PLAN_OK)
			r->after_sha256 = after[p->file_of[k]];
	}
}

int
plan_make(struct arena *a, struct workspace *ws,
    const struct patch_batch *batch, const struct plan_limits *limits,
    const struct plan_versions *versions, struct plan *out, struct err *e)
{
	struct planner *p = arena_new_of(a, struct planner);

	(void)versions;
	*p = (struct planner){ .a = a, .ws = ws, .batch = batch,
	    .limits = limits, .out = out };
	*out = (struct plan){ .n_results = batch->n_ops, .inside = p };
	if (batch->n_ops == 0 || batch->n_ops > BATCH_MAX_PATCHES) {
		err_set(e, ERR_INVALID, "A batch has 1 to %d operations",
		    BATCH_MAX_PATCHES);
		return err_at(e, "/patches");
	}
	out->results = arena_array_of(a, struct plan_result, batch->n_ops);
	plan_files_sort(p);
	if (plan_expect_others(p, e) != 0)
		return -1;
	for (size_t k = 0; k < batch->n_ops; k++)
		run(p, k);
	return 0;
}

void
plan_refuse(struct plan *out, size_t k, const struct err *e)
{
	out->results[k].status = PLAN_REFUSED;
	out->results[k].err = *e;
	err_at(&out->results[k].err, "/patches/%zu", k);
	out->refused = true;
}

int
plan_finish(struct plan *out, struct err *e)
{
	struct planner *p = out->inside;

	(void)e;
	if (out->refused && p->batch->atomic)
		undo(p);
	else
		plan_files_changed(p);
	hashes(p);
	return 0;
}
