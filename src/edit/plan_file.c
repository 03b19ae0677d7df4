#include "edit/planner.h"

#include <stdlib.h>

/* The names an operation is about. */
struct names {
	struct str *paths;
	size_t n, cap;
};

static void
name_add(struct planner *p, struct names *list, struct str path)
{
	if (!path.p)
		return;
	if (list->n == list->cap) {
		size_t cap = list->cap * 2 + 16;
		struct str *more = arena_array_of(p->a, struct str, cap);

		if (list->n)
			memcpy(more, list->paths, list->n * sizeof(*more));
		list->paths = more;
		list->cap = cap;
	}
	list->paths[list->n++] = path;
}

static int
path_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void
plan_files_sort(struct planner *p)
{
	struct names list = { 0 };

	for (size_t k = 0; k < p->batch->n_ops; k++) {
		const struct patch_op *op = &p->batch->ops[k];
		const struct patchset *set = &p->patchsets[k];

		name_add(p, &list, op->file);
		name_add(p, &list, op->to);
		for (size_t i = 0; i < op->n_undo; i++)
			name_add(p, &list, op->undo[i].path);
		for (size_t i = 0; i < set->n; i++) {
			name_add(p, &list, set->sections[i].path);
			name_add(p, &list, set->sections[i].to);
		}
	}
	if (list.n)
		qsort(list.paths, list.n, sizeof(*list.paths), path_cmp);
	p->files = arena_array_of(p->a, struct file, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		if (i == 0 || !str_eq(list.paths[i], list.paths[i - 1]))
			p->files[p->n_files++].path = list.paths[i];
}

/* The first file whose path is not before this one. */
static size_t
lower_bound(const struct planner *p, struct str path)
{
	size_t lo = 0, hi = p->n_files;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(p->files[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct file *
plan_file_find(const struct planner *p, struct str path)
{
	size_t i = lower_bound(p, path);

	return i < p->n_files && str_eq(p->files[i].path, path) ?
	    &p->files[i] : NULL;
}

int
plan_hold(struct planner *p, size_t n, struct err *e)
{
	if (n > BATCH_MAX_BYTES - p->bytes)
		return err_set(e, ERR_LIMIT_EXCEEDED, "The batch needs more "
		    "than %zu bytes in memory", BATCH_MAX_BYTES);
	p->bytes += n;
	return 0;
}

int
plan_look(struct planner *p, size_t n, struct err *e)
{
	if (p->looked > BATCH_LOOK_BYTES || n > BATCH_LOOK_BYTES - p->looked)
		return err_set(e, ERR_LIMIT_EXCEEDED, "The batch looks through "
		    "more than %zu bytes of its files; name lines and base, or "
		    "send fewer operations at once", BATCH_LOOK_BYTES);
	p->looked += n;
	return 0;
}

/* The version that the batch's `base` names, when it is not this one. */
static int
version(struct planner *p, struct file *f, struct err *e)
{
	const struct patch_batch *b = p->batch;

	for (size_t i = 0; i < b->n_base; i++) {
		struct sha256 want;

		if (str_eq(b->base[i].path, f->path) &&
		    sha256_parse(b->base[i].sha256, &want) &&
		    !(f->existed && sha256_eq(want, f->before_sha256)))
			return plan_version_load(p, f, want, e);
	}
	return 0;
}

static int
load(struct planner *p, struct file *f, struct err *e)
{
	int found = workspace_read(p->ws, p->a, f->path, p->limits->file_bytes,
	    &f->before, &f->id, &f->mode_before, e);

	if (found < 0)
		return -1;
	f->existed = f->exists = found;
	f->mode = found ? f->mode_before : 0644;
	if (found && plan_hold(p, f->before.len, e) != 0)
		return -1;
	if (found)
		f->before_sha256 = sha256_of(f->before);
	else
		f->before = STR_NONE;
	lines_of(p->a, found ? f->before : STR(""), &f->base);
	f->binary = f->base.binary;
	f->seen = &f->base;
	doc_load(&f->doc, p->a, &f->base);
	f->endings = f->seen_endings = f->doc.endings;
	return version(p, f, e);
}

int
plan_file_load(struct planner *p, struct file *f, struct err *e)
{
	if (f->state == FILE_UNREAD)
		f->state = load(p, f, &f->err) == 0 ? FILE_READ : FILE_REFUSED;
	if (f->state == FILE_READ)
		return 0;
	*e = f->err;
	return -1;
}

int
plan_file_room(const struct planner *p, const struct file *f, struct err *e)
{
	struct str folder = arena_fmt(p->a, "%.*s/", STR_ARG(f->path));

	for (size_t i = 1; i < f->path.len; i++) {
		const struct file *other;

		if (f->path.p[i] != '/')
			continue;
		other = plan_file_find(p, str_n(f->path.p, i));
		if (other && other->exists)
			return err_set(e, ERR_EXISTS, "%.*s is a file of this "
			    "batch, so that nothing can be in it",
			    STR_ARG(other->path));
	}
	for (size_t i = lower_bound(p, folder); i < p->n_files &&
	    str_starts(p->files[i].path, folder); i++)
		if (p->files[i].exists)
			return err_set(e, ERR_EXISTS, "%.*s is a folder of "
			    "this batch", STR_ARG(f->path));
	return 0;
}

void
plan_files_seen(struct planner *p)
{
	struct plan *out = p->out;

	out->seen = arena_array_of(p->a, struct plan_seen, p->n_files + 1);
	out->n_seen = p->n_files;
	for (size_t i = 0; i < p->n_files; i++) {
		struct file *f = &p->files[i];

		out->seen[i] = (struct plan_seen){ .path = f->path };
		if (f->state != FILE_READ)
			continue;
		out->seen[i].existed = f->existed;
		out->seen[i].exists = f->exists;
		out->seen[i].before = f->before;
		out->seen[i].before_sha256 = f->before_sha256;
		if (f->exists)
			out->seen[i].after = doc_bytes(&f->doc);
	}
}

void
plan_files_changed(struct planner *p)
{
	struct plan *out = p->out;

	/* it may be finished again, after more was refused */
	out->n_files = 0;
	out->files = arena_array_of(p->a, struct file_change, p->n_files + 1);
	for (size_t i = 0; i < p->n_files; i++) {
		struct file *f = &p->files[i];
		struct file_change *c = &out->files[out->n_files];
		bool same;

		if (f->state != FILE_READ || (!f->existed && !f->exists))
			continue;
		*c = (struct file_change){ .path = f->path,
		    .exists_before = f->existed, .exists_after = f->exists,
		    .before = f->before, .before_sha256 = f->before_sha256,
		    .id = f->id, .mode = f->mode & 0777 };
		c->after = out->seen[i].after;
		same = f->existed && f->exists && str_eq(c->before, c->after);
		c->mode_only = same && f->mode != f->mode_before;
		if (same && !c->mode_only)
			continue;
		if (f->exists)
			c->after_sha256 = c->mode_only ? c->before_sha256 :
			    sha256_of(c->after);
		out->n_files++;
	}
}
