#include "edit/plan_file.h"

#include <stdlib.h>

struct named {
	struct str path;
	size_t op;
};

static int
named_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct named *)a)->path,
	    ((const struct named *)b)->path);
}

void
plan_files_sort(struct planner *p)
{
	size_t n = p->batch->n_ops;
	struct named *names = arena_array_of(p->a, struct named, n + 1);

	p->files = arena_array_of(p->a, struct file, n + 1);
	p->file_of = arena_array_of(p->a, size_t, n + 1);
	for (size_t k = 0; k < n; k++)
		names[k] = (struct named){ p->batch->ops[k].file, k };
	qsort(names, n, sizeof(*names), named_cmp);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !str_eq(names[i].path, names[i - 1].path))
			p->files[p->n_files++].path = names[i].path;
		p->file_of[names[i].op] = p->n_files - 1;
	}
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

static int
load(struct planner *p, struct file *f, struct err *e)
{
	int found = workspace_read(p->ws, p->a, f->path, p->limits->file_bytes,
	    &f->before, &f->id, &f->mode, e);

	if (found < 0)
		return -1;
	f->existed = f->exists = found;
	if (!found) {
		f->before = STR_NONE;
		f->mode = 0644;
		doc_load(&f->doc, p->a, STR(""), &f->base);
		return 0;
	}
	if (plan_hold(p, f->before.len, e) != 0)
		return -1;
	f->before_sha256 = sha256_of(f->before);
	f->binary = text_is_binary(f->before);
	doc_load(&f->doc, p->a, f->before, &f->base);
	f->base_bom = f->doc.bom;
	f->base_crlf = doc_is_crlf(&f->doc);
	return 0;
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
plan_files_changed(struct planner *p)
{
	struct plan *out = p->out;

	out->files = arena_array_of(p->a, struct file_change, p->n_files + 1);
	for (size_t i = 0; i < p->n_files; i++) {
		struct file *f = &p->files[i];
		struct file_change *pf = &out->files[out->n_files];

		if (f->state != FILE_READ || (!f->existed && !f->exists))
			continue;
		*pf = (struct file_change){ .path = f->path,
		    .exists_before = f->existed, .exists_after = f->exists,
		    .before = f->before, .before_sha256 = f->before_sha256,
		    .id = f->id, .mode = f->mode & 0777 };
		if (f->exists) {
			pf->after = doc_bytes(&f->doc);
			pf->after_sha256 = sha256_of(pf->after);
		}
		if (!f->existed || !f->exists || !str_eq(pf->before, pf->after))
			out->n_files++;
	}
}
