#include "edit/planner.h"

/* The i-th file that operation k is about, NULL where a name is not given; *end
 * behind the last. */
static struct file *
file_of(const struct planner *p, size_t k, size_t i, bool *end)
{
	const struct patch_op *op = &p->batch->ops[k];
	const struct patchset *set = &p->patchsets[k];
	const struct patch_section *sec;
	struct str name = STR_NONE;

	*end = i >= 2 + 2 * set->n + op->n_undo;
	if (*end)
		return NULL;
	if (i < 2) {
		name = i ? op->to : op->file;
	} else if (i - 2 < 2 * set->n) {
		sec = &set->sections[(i - 2) / 2];
		name = i % 2 ? sec->to : sec->path;
	} else {
		name = op->undo[i - 2 - 2 * set->n].path;
	}
	return name.p ? plan_file_find(p, name) : NULL;
}

/* Is operation k about a file in which the batch stopped?  An atomic batch has
 * nothing to say about a text that is not what its positions are meant in. */
static bool
is_moot(const struct planner *p, size_t k)
{
	bool end = !p->batch->atomic;

	for (size_t i = 0; !end; i++) {
		const struct file *f = file_of(p, k, i, &end);

		if (f && f->stopped)
			return true;
	}
	return false;
}

static void
stop(struct planner *p, size_t k)
{
	bool end = false;

	for (size_t i = 0; !end; i++) {
		struct file *f = file_of(p, k, i, &end);

		if (f)
			f->stopped = true;
	}
}

/* The file the operation is called after. */
static struct str
name_of(const struct planner *p, size_t k)
{
	const struct patch_op *op = &p->batch->ops[k];

	if (op->file.p)
		return op->file;
	if (p->patchsets[k].n)
		return p->patchsets[k].sections[0].path;
	return op->n_undo ? op->undo[0].path : STR_NONE;
}

static void
names_of(const struct planner *p, size_t k, struct plan_result *r)
{
	const struct patch_op *op = &p->batch->ops[k];
	const struct patchset *set = &p->patchsets[k];

	r->file = name_of(p, k);
	r->names = arena_array_of(p->a, struct str, 2 + 2 * set->n +
	    op->n_undo);
	if (op->file.p)
		r->names[r->n_names++] = op->file;
	if (op->to.p)
		r->names[r->n_names++] = op->to;
	for (size_t i = 0; i < set->n; i++) {
		r->names[r->n_names++] = set->sections[i].path;
		if (set->sections[i].to.p)
			r->names[r->n_names++] = set->sections[i].to;
	}
	for (size_t i = 0; i < op->n_undo; i++)
		r->names[r->n_names++] = op->undo[i].path;
}

static void
run(struct planner *p, size_t k)
{
	struct plan_result *r = &p->out->results[k];

	*r = (struct plan_result){ .diff = STR(""), .shift = SHIFT_NONE };
	names_of(p, k, r);
	if (is_moot(p, k)) {
		r->status = PLAN_NOT_APPLIED;
		return;
	}
	r->err = p->patch_errs[k];
	if (r->err.kind == ERR_NONE) {
		int rc;

		p->turn = arena_new();
		rc = plan_op(p, k, r, &r->err);
		view_end(p);
		arena_free(p->turn);
		if (rc == 0)
			return;
	}
	err_at(&r->err, "/patches/%zu", k);
	r->status = PLAN_REFUSED;
	r->diff = STR("");
	r->lines_added = r->lines_removed = 0;
	r->shift = SHIFT_NONE;
	p->out->refused = true;
	if (plan_sequential(p))
		stop(p, k);
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
		r->shift = SHIFT_NONE;
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
	for (size_t i = 0; i < p->n_files; i++) {
		const struct file *f = &p->files[i];

		if (f->state == FILE_READ && f->existed)
			before[i] = sha256_hex(p->a, f->before_sha256);
		after[i] = f->exists ? before[i] : STR_NONE;
	}
	for (size_t i = 0; i < out->n_files; i++) {
		struct file *f = plan_file_find(p, out->files[i].path);

		after[f - p->files] = out->files[i].exists_after ?
		    sha256_hex(p->a, out->files[i].after_sha256) : STR_NONE;
	}
	for (size_t k = 0; k < out->n_results; k++) {
		struct plan_result *r = &out->results[k];
		struct file *f = r->file.p ? plan_file_find(p, r->file) : NULL;

		if (!f)
			continue;
		r->before_sha256 = before[f - p->files];
		if (r->status == PLAN_OK)
			r->after_sha256 = after[f - p->files];
	}
}

/* Every operation on the files as they are on disk. */
static int
compute(struct planner *p, struct err *e)
{
	p->bytes = p->looked = 0;
	p->n_files = 0;
	plan_files_sort(p);
	if (plan_expect_others(p, e) != 0)
		return -1;
	for (size_t k = 0; k < p->batch->n_ops; k++)
		if (!p->skip[k])
			run(p, k);
	plan_files_seen(p);
	return 0;
}

int
plan_make(struct arena *a, struct workspace *ws,
    const struct patch_batch *batch, const struct plan_limits *limits,
    const struct plan_versions *versions, struct plan *out, struct err *e)
{
	struct planner *p = arena_new_of(a, struct planner);

	*p = (struct planner){ .a = a, .ws = ws, .batch = batch,
	    .limits = limits, .versions = versions, .out = out };
	*out = (struct plan){ .n_results = batch->n_ops, .inside = p };
	if (batch->n_ops == 0 || batch->n_ops > BATCH_MAX_PATCHES) {
		err_set(e, ERR_INVALID, "A batch has 1 to %d operations",
		    BATCH_MAX_PATCHES);
		return err_at(e, "/patches");
	}
	out->results = arena_array_of(a, struct plan_result, batch->n_ops);
	p->skip = arena_array_of(a, bool, batch->n_ops);
	plan_patches_read(p);
	return compute(p, e);
}

void
plan_refuse(struct plan *out, size_t k, const struct err *e)
{
	struct plan_result *r = &out->results[k];

	r->status = PLAN_REFUSED;
	r->err = *e;
	err_at(&r->err, "/patches/%zu", k);
	r->diff = STR("");
	r->lines_added = r->lines_removed = 0;
	r->shift = SHIFT_NONE;
	out->refused = true;
	out->inside->skip[k] = true;
}

int
plan_finish(struct plan *out, struct err *e)
{
	struct planner *p = out->inside;
	bool again = false;

	for (size_t k = 0; k < out->n_results; k++)
		again |= p->skip[k];
	if (out->refused && p->batch->atomic) {
		undo(p);
	} else {
		if (again && compute(p, e) != 0)
			return -1;
		plan_files_changed(p);
	}
	hashes(p);
	return 0;
}

void
plan_faults(const struct plan *p, struct arena *a, struct err *why)
{
	struct err *last = NULL;
	int n = 0;

	*why = (struct err){ 0 };
	for (size_t k = 0; k < p->n_results; k++) {
		const struct plan_result *r = &p->results[k];
		const struct err *e = r->status == PLAN_REFUSED ? &r->err :
		    NULL;

		for (; e && n < FAULTS_MAX; e = e->next) {
			if (n++ == 0) {
				*why = *e;
				last = why;
			} else {
				last->next = arena_new_of(a, struct err);
				last = last->next;
				*last = *e;
			}
			last->next = NULL;
		}
	}
}
