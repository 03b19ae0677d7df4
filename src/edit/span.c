#include "edit/span.h"

static int
outside(size_t index, const char *member, int64_t line, size_t n_lines,
    struct err *e)
{
	err_set(e, ERR_OUT_OF_RANGE, "%s is %lld, but the file has %zu line%s",
	    member, (long long)line, n_lines, n_lines == 1 ? "" : "s");
	return err_at(e, "/patches/%zu/%s", index, member);
}

static bool
is_line(int64_t line, size_t n_lines)
{
	return line >= 1 && (uint64_t)line <= n_lines;
}

int
span_of(const struct patch_op *op, size_t index, size_t n_lines,
    struct span *out, struct err *e)
{
	bool after = op->op == OP_INSERT_AFTER;

	switch (op->op) {
	case OP_APPEND:
		*out = (struct span){ n_lines, n_lines };
		return 0;
	case OP_PREPEND:
		*out = (struct span){ 0, 0 };
		return 0;
	case OP_INSERT_BEFORE:
	case OP_INSERT_AFTER:
		if (!is_line(op->line, n_lines))
			return outside(index, "line", op->line, n_lines, e);
		out->from = out->to = (size_t)op->line - !after;
		return 0;
	case OP_REPLACE_BLOCK:
		if (!is_line(op->start, n_lines))
			return outside(index, "start", op->start, n_lines, e);
		if (op->start > op->end) {
			err_set(e, ERR_OUT_OF_RANGE, "start is %lld, after end,"
			    " which is %lld", (long long)op->start,
			    (long long)op->end);
			return err_at(e, "/patches/%zu/start", index);
		}
		if (!is_line(op->end, n_lines))
			return outside(index, "end", op->end, n_lines, e);
		*out = (struct span){ (size_t)op->start - 1, (size_t)op->end };
		return 0;
	default:
		err_set(e, ERR_INVALID, "This operation has no lines");
		return err_at(e, "/patches/%zu/op", index);
	}
}

void
edits_add(struct arena *a, struct edits *list, const struct edit *edit)
{
	if (list->n == list->cap) {
		size_t cap = list->cap * 2 + 8;
		struct edit *more = arena_array_of(a, struct edit, cap);

		if (list->n)
			memcpy(more, list->e, list->n * sizeof(*more));
		list->e = more;
		list->cap = cap;
	}
	list->e[list->n++] = *edit;
}

int
edits_map(const struct edits *list, size_t index, struct span s, size_t *now,
    struct err *e)
{
	size_t come = 0, gone = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct edit *old = &list->e[i];

		if (old->span.from < s.to && s.from < old->span.to) {
			err_set(e, ERR_OVERLAP, "Operations %zu and %zu edit "
			    "the same lines", old->op, index);
			return err_at(e, "/patches/%zu", index);
		}
		if (old->span.to <= s.from) {
			come += old->come;
			gone += old->span.to - old->span.from;
		}
	}
	*now = s.from + come - gone;
	return 0;
}
