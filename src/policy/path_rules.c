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

/* The first n bytes of both, on file systems that take a for A too. */
static bool
same_start(struct str a, struct str b, size_t n)
{
	return a.len >= n && b.len >= n && strncasecmp(a.p, b.p, n) == 0;
}

/* The list of tasks, a name that one of its folders has, and all that stands
 * beside it where it usually is. */
static bool
is_tasks(const struct policy *p, struct str path)
{
	const struct str ours = STR(TASKS_FOLDER);

	if (!p->tasks.p)
		return false;
	if (same_start(path, p->tasks, path.len) &&
	    (path.len == p->tasks.len || p->tasks.p[path.len] == '/'))
		return true;
	return same_start(path, ours, ours.len) &&
	    (path.len == ours.len || path.p[ours.len] == '/');
}

bool
policy_denies(const struct policy *p, struct str path)
{
	return is_tasks(p, path) ||
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

	if (!policy_denies(p, path))
		return;
	j->of[k].path_denied = true;
	if (is_tasks(p, path))
		verdict(j, k, ERR_PATH_DENIED, at, "tasks: %.*s belongs to "
		    "what says who may edit what; no batch may edit it",
		    STR_ARG(path));
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

/* What may not be edited may not be read into what may. */
static void
judge_block_file(struct judge *j, size_t k)
{
	const struct policy *p = j->p;
	struct str path = j->c->batch->ops[k].block_file;
	size_t i = path.p ? glob_find(p->deny, p->n_deny, path) : p->n_deny;

	if (i == p->n_deny)
		return;
	j->of[k].path_denied = true;
	verdict(j, k, ERR_PATH_DENIED, "/blockFile", "deny[%zu] \"%.*s\": "
	    "%.*s may not be put into another file", i, STR_ARG(p->deny[i]),
	    STR_ARG(path));
}

/* Each name once. */
static void
judge_names(struct judge *j, size_t k)
{
	struct plan_result *r = &j->c->plan->results[k];

	for (size_t i = 0; i < r->n_names; i++) {
		struct str path = r->names[i];

		/* a patch text may say again what the operation says */
		if ((i > 0 && str_eq(path, r->names[0])) ||
		    (i > 1 && str_eq(path, r->names[1])))
			continue;
		judge_path(j, k, path);
	}
	judge_block_file(j, k);
	/* what the other rules would say depends on what was found in it */
	if (j->of[k].path_denied)
		r->n_touches = 0;
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
