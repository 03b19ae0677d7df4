#include "policy/judge.h"

#include <stdio.h>
#include <strings.h>

#define LISTED_BYTES 160		/* a sentence takes no more */

/* The first glob that takes the path, or n. */
static size_t
glob_find(const struct str *globs, size_t n, struct str path)
{
	for (size_t i = 0; i < n; i++)
		if (str_glob(globs[i], path))
			return i;
	return n;
}

static bool
is_tasks_file(const struct policy *p, struct str path)
{
	return p->tasks.p && path.len == p->tasks.len &&
	    strncasecmp(path.p, p->tasks.p, path.len) == 0;
}

static bool
is_denied(const struct policy *p, struct str path)
{
	return is_tasks_file(p, path) ||
	    glob_find(p->deny, p->n_deny, path) < p->n_deny ||
	    (p->n_allow && glob_find(p->allow, p->n_allow, path) == p->n_allow);
}

/* "a, b, c": what one may choose from, for those who have to choose. */
static struct str
listed(struct arena *a, const struct str *names, size_t n)
{
	struct str s = STR("");
	size_t i;

	for (i = 0; i < n && s.len < LISTED_BYTES; i++)
		s = arena_fmt(a, "%.*s%s%.*s", STR_ARG(s), i ? ", " : "",
		    STR_ARG(names[i]));
	return i < n ? arena_fmt(a, "%.*s, …", STR_ARG(s)) : s;
}

static void
judge_path(struct judge *j, size_t k, struct str path)
{
	const struct policy *p = j->p;
	const struct patch_op *op = &j->c->batch->ops[k];
	const char *at = str_eq(path, op->file) ? "/file" :
	    str_eq(path, op->to) ? "/to" : "/block";
	size_t i = glob_find(p->deny, p->n_deny, path);

	if (!is_denied(p, path))
		return;
	j->of[k].path_denied = true;
	if (is_tasks_file(p, path))
		verdict(j, k, ERR_PATH_DENIED, at, "tasks: %.*s says who may "
		    "edit what; no batch may edit it", STR_ARG(path));
	else if (i < p->n_deny)
		verdict(j, k, ERR_PATH_DENIED, at, "deny[%zu] \"%.*s\": %.*s "
		    "may not be edited", i, STR_ARG(p->deny[i]), STR_ARG(path));
	else if (p->n_allow == 1)
		verdict(j, k, ERR_PATH_DENIED, at, "allow[0] \"%.*s\": %.*s "
		    "is no such file", STR_ARG(p->allow[0]), STR_ARG(path));
	else
		verdict(j, k, ERR_PATH_DENIED, at, "allow: %.*s matches none "
		    "of %.*s", STR_ARG(path),
		    STR_ARG(listed(j->a, p->allow, p->n_allow)));
}

/* Each name once: those of the files it changes, and those it says. */
static void
judge_names(struct judge *j, size_t k)
{
	const struct patch_op *op = &j->c->batch->ops[k];
	const struct plan_result *r = &j->c->plan->results[k];
	bool file = op->file.len > 0, to = op->to.len > 0;

	for (size_t i = 0; i < r->n_touches; i++) {
		struct str path = j->c->plan->seen[r->touches[i].file].path;

		file = file && !str_eq(path, op->file);
		to = to && !str_eq(path, op->to);
		judge_path(j, k, path);
	}
	if (file)
		judge_path(j, k, op->file);
	if (to && !str_eq(op->to, op->file))
		judge_path(j, k, op->to);
}

static bool
names_operation(const struct policy *p, enum op_kind op)
{
	for (size_t i = 0; i < p->n_operations; i++)
		if (op_of(p->operations[i]) == op)
			return true;
	return false;
}

void
judge_paths(struct judge *j)
{
	const struct patch_batch *b = j->c->batch;
	const struct plan *plan = j->c->plan;

	for (size_t i = 0; i < plan->n_seen && !j->denied_seen; i++)
		j->denied_seen = is_denied(j->p, plan->seen[i].path);
	for (size_t k = 0; k < plan->n_results; k++) {
		if (is_judged(j, k))
			continue;
		if (j->p->n_operations && !is_revert(&b->ops[k]) &&
		    !names_operation(j->p, b->ops[k].op))
			verdict(j, k, ERR_OP_DENIED, "/op", "operations: %s is "
			    "none of %.*s", op_name(b->ops[k].op),
			    STR_ARG(listed(j->a, j->p->operations,
			    j->p->n_operations)));
		judge_names(j, k);
	}
}
