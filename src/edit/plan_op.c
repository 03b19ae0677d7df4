#include <stdio.h>
#include <stdlib.h>

#include "edit/planner.h"

int
plan_at(struct err *e, size_t k, const char *member)
{
	return err_at(e, "/patches/%zu/%s", k, member);
}

const char *
plan_block_member(const struct planner *p, size_t k)
{
	return p->batch->ops[k].block_file.p && !p->batch->ops[k].block.p ?
	    "blockFile" : "block";
}

const char *
plan_file_member(const struct planner *p, size_t k)
{
	return p->batch->ops[k].file.p ? "file" : plan_block_member(p, k);
}

int
plan_at_line(const struct planner *p, size_t k, const char *what, size_t line,
    struct err *e)
{
	char detail[DETAIL_MAX_BYTES];

	snprintf(detail, sizeof(detail), "Line %zu of the %s: %.600s", line,
	    what, e->detail);
	memcpy(e->detail, detail, sizeof(detail));
	return plan_at(e, k, plan_block_member(p, k));
}

int
plan_block(struct planner *p, size_t k, struct str *out, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	int found;

	if (!op->block.p == !op->block_file.p) {
		err_set(e, ERR_INVALID, op->block.p ? "Give block or blockFile,"
		    " not both" : "A block or a blockFile is needed");
		return plan_at(e, k, "block");
	}
	*out = op->block;
	if (op->block.p)
		return 0;
	found = workspace_read(p->ws, p->a, op->block_file, BLOCK_MAX_BYTES,
	    out, NULL, NULL, e);
	if (found == 0)
		err_set(e, ERR_FILE_MISSING, "%.*s does not exist",
		    STR_ARG(op->block_file));
	if (found <= 0 || plan_hold(p, out->len, e) != 0)
		return plan_at(e, k, "blockFile");
	return 0;
}

struct draft *
plan_draft(struct planner *p, struct drafts *out, struct file *f,
    enum draft_kind kind)
{
	struct draft *d;

	/* doubled at 1, 2, 4 … */
	if ((out->n & (out->n - 1)) == 0) {
		struct draft *more = arena_array_of(p->a, struct draft,
		    out->n * 2 + 1);

		if (out->n)
			memcpy(more, out->d, out->n * sizeof(*more));
		out->d = more;
	}
	d = &out->d[out->n++];
	*d = (struct draft){ .file = f, .kind = kind, .mode = -1 };
	return d;
}

static int
missing(const struct planner *p, const struct file *f, size_t k,
    struct err *e)
{
	err_set(e, ERR_FILE_MISSING, "%.*s does not exist", STR_ARG(f->path));
	return plan_at(e, k, plan_file_member(p, k));
}

static int
deleted_and(const struct file *f, size_t k, const char *what,
    const char *member, struct err *e)
{
	err_set(e, ERR_OVERLAP, "Operation %zu deletes the file that operation "
	    "%zu %s", f->whole_op, k, what);
	return plan_at(e, k, member);
}

int
plan_text_check(struct planner *p, const struct file *f, size_t k,
    struct err *e)
{
	enum op_kind op = p->batch->ops[k].op;
	const char *member = plan_file_member(p, k);

	if (f->whole && !f->exists)
		return deleted_and(f, k, "edits", member, e);
	if (f->whole && op != OP_APPEND && op != OP_PREPEND) {
		err_set(e, ERR_FILE_MISSING, "Positions are meant in the files "
		    "before the batch, when %.*s does not exist; send "
		    "coordinates: sequential", STR_ARG(f->path));
		return plan_at(e, k, member);
	}
	if (!f->exists)
		return missing(p, f, k, e);
	if (f->binary) {
		err_set(e, ERR_BINARY_FILE, "%.*s has NUL bytes",
		    STR_ARG(f->path));
		return plan_at(e, k, plan_file_member(p, k));
	}
	return 0;
}

int
plan_create_check(struct planner *p, const struct file *f, size_t k,
    const char *member, struct err *e)
{
	if (f->whole && !f->exists)
		return deleted_and(f, k, "creates", member, e);
	if (f->exists)
		err_set(e, ERR_EXISTS, "%.*s exists already", STR_ARG(f->path));
	else if (plan_file_room(p, f, e) == 0)
		return 0;
	return plan_at(e, k, member);
}

int
plan_delete_check(struct planner *p, const struct file *f, size_t k,
    struct err *e)
{
	if (f->asked.n || f->whole) {
		err_set(e, ERR_OVERLAP, "Operations %zu and %zu are about the "
		    "same file, and one is about all of it; send coordinates: "
		    "sequential", f->whole ? f->whole_op : f->who[0], k);
		return plan_at(e, k, plan_file_member(p, k));
	}
	return f->exists ? 0 : missing(p, f, k, e);
}

static int
draft_it(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct file *f = plan_file_find(p, op->file);

	if (op->op == OP_UNDO)
		return plan_draft_whole(p, k, out, r, e);
	if (op->op == OP_UNIFIED_DIFF || op->op == OP_APPLY_PATCH)
		return plan_draft_patch(p, k, out, r, e);
	if (plan_file_load(p, f, e) != 0)
		return plan_at(e, k, "file");
	if (plan_expect_base(p, f, k, r, e) != 0)
		return -1;
	switch (op->op) {
	case OP_APPEND:
	case OP_PREPEND:
		if (!f->exists && !f->whole)
			return plan_draft_whole(p, k, out, r, e);
		return plan_draft_lines(p, k, out, r, e);
	case OP_REPLACE_BLOCK:
	case OP_INSERT_BEFORE:
	case OP_INSERT_AFTER:
	case OP_DELETE_BLOCK:
		return plan_draft_lines(p, k, out, r, e);
	case OP_SEARCH_REPLACE:
		return plan_draft_search(p, k, out, r, e);
	case OP_CREATE:
	case OP_WRITE_FILE:
	case OP_DELETE_FILE:
	case OP_MOVE:
		return plan_draft_whole(p, k, out, r, e);
	default:
		err_set(e, ERR_INVALID, "The operation is not known");
		return plan_at(e, k, "op");
	}
}

/* In path order, as touches are; each file is there once. */
static int
draft_cmp(const void *left, const void *right)
{
	const struct draft *a = left, *b = right;

	return str_cmp(a->file->path, b->file->path);
}

int
plan_op(struct planner *p, size_t k, struct plan_result *r, struct err *e)
{
	struct drafts list = { 0 };

	p->diff = (struct joined){ .a = p->a, .s = STR("") };
	if (draft_it(p, k, &list, r, e) != 0)
		return -1;
	if (list.n)
		qsort(list.d, list.n, sizeof(*list.d), draft_cmp);
	for (size_t i = 0; i < list.n; i++)
		if (plan_place(p, k, &list.d[i], r, e) != 0)
			return -1;
	r->diff = p->diff.s;
	r->n_touches = list.n;
	r->touches = arena_array_of(p->a, struct plan_touch, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		plan_commit(p, k, &list.d[i]);
		r->touches[i] = list.d[i].touch;
	}
	return 0;
}
