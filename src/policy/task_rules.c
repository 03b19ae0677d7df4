#include "model/task.h"
#include "policy/carry.h"
#include "policy/judge.h"

#include <stdlib.h>

#define SPANS_SHOWN 8		/* of those allowed, in a message */

/* What a task allows in one file as it was before the batch. */
struct allowed {
	size_t file;
	bool named;		/* some span names the file */
	struct line_span *spans;	/* in order, apart */
	size_t n;
	struct str why;		/* why a span could not be found again */
	struct allowed *next;
};

/* An older version of a file, and what was done to it since. */
struct version {
	struct sha256 sha256;
	bool looked, known;
	struct str why;		/* why it is not known */
	struct lines lines;
	struct history since;
};

struct tasks {
	struct task_list list;
	int64_t written_ms;
	struct allowed **known;	/* per task: each file once */
};

static int
load(struct judge *j, struct tasks *t, bool *there, struct err *e)
{
	struct err why = { 0 };
	struct file_id id;
	struct str text;
	int rc = workspace_read(j->c->ws, j->a, j->p->tasks, TASKS_MAX_BYTES,
	    &text, &id, NULL, &why);

	*there = rc > 0;
	if (rc > 0)
		rc = task_list_read(text, j->a, &t->list, &why);
	if (rc < 0)
		return err_set(e, ERR_NOT_READY, "policy rule tasks: %.*s "
		    "cannot be used, so nothing is written: %s%s%s",
		    STR_ARG(j->p->tasks), why.detail, why.at[0] ? " at " : "",
		    why.at);
	if (*there)
		t->written_ms = (int64_t)id.mtime.tv_sec * 1000 +
		    id.mtime.tv_nsec / 1000000;
	return 0;
}

/* Which version of the file a span counts in: 1 and *out, 0: the present one,
 * 2: the file was not there. */
static int
version_of(struct judge *j, const struct tasks *t,
    const struct task_span *span, struct sha256 *out, struct err *e)
{
	const struct plan_versions *from = j->c->versions;

	if (span->sha256.p)
		return sha256_parse(span->sha256, out);
	if (!from || !from->at)
		return 0;
	return from->at(from->ctx, span->file, t->written_ms, out, e);
}

/* Fill *v for a version that v is not of yet. */
static int
look(struct judge *j, const struct plan_seen *seen, struct sha256 base,
    struct version *v, struct err *e)
{
	const struct plan_versions *from = j->c->versions;
	struct str text;
	int rc = 0;

	if (v->looked && sha256_eq(v->sha256, base))
		return 0;
	*v = (struct version){ .sha256 = base, .looked = true,
	    .why = STR("no older versions are kept") };
	if (from)
		rc = from->since(from->ctx, j->a, seen->path, base,
		    seen->before_sha256, &v->since, &v->why, e);
	if (rc <= 0)
		return rc;
	v->known = history_base(j->a, &v->since, seen->before, base, &text);
	if (v->known)
		lines_of(j->a, text, &v->lines);
	else
		v->why = STR("what is recorded of it does not fit");
	return 0;
}

/* Find a span again: *out may be lost, then al->why can tell more. */
static int
find(struct judge *j, const struct tasks *t, const struct task_span *span,
    struct allowed *al, struct version *v, struct stretch *out, struct err *e)
{
	const struct plan_seen *seen = &j->c->plan->seen[al->file];
	struct sha256 base;
	int rc = version_of(j, t, span, &base, e);

	if (rc < 0)
		return -1;
	*out = (struct stretch){ 0, seen->before.len, false };
	if (rc == 2)
		return 0;		/* all of it came since */
	if (rc == 0 || sha256_eq(base, seen->before_sha256)) {
		*out = stretch_of(lines_before(j, al->file), span->start,
		    span->end);
		return 0;
	}
	if (look(j, seen, base, v, e) != 0)
		return -1;
	out->lost = !v->known;
	if (!v->known) {
		al->why = v->why;
		return 0;
	}
	*out = stretch_of(&v->lines, span->start, span->end);
	for (size_t i = 0; i < v->since.n && !out->lost; i++)
		stretch_carry(out, &v->since.steps[i]);
	return 0;
}

static int
by_from(const void *x, const void *y)
{
	const struct line_span *a = x, *b = y;

	return a->from != b->from ? (a->from < b->from ? -1 : 1) :
	    (a->to > b->to) - (a->to < b->to);
}

/* Sort, and put together what meets. */
static void
join(struct allowed *al)
{
	size_t n = 0;

	qsort(al->spans, al->n, sizeof(*al->spans), by_from);
	for (size_t i = 1; i < al->n; i++) {
		if (al->spans[i].from > al->spans[n].to)
			al->spans[++n] = al->spans[i];
		else if (al->spans[i].to > al->spans[n].to)
			al->spans[n].to = al->spans[i].to;
	}
	if (al->n)
		al->n = n + 1;
}

static int
allowed_of(struct judge *j, struct tasks *t, const struct task *task,
    size_t file, struct allowed **out, struct err *e)
{
	const struct plan_seen *seen = &j->c->plan->seen[file];
	struct version v = { 0 };
	struct allowed **known = &t->known[task - t->list.tasks], *al;

	for (al = *known; al; al = al->next)
		if (al->file == file) {
			*out = al;
			return 0;
		}
	al = arena_new_of(j->a, struct allowed);
	*al = (struct allowed){ .file = file, .next = *known };
	al->spans = arena_array_of(j->a, struct line_span,
	    task->n_allowed_spans + 1);
	for (size_t i = 0; i < task->n_allowed_spans; i++) {
		const struct task_span *span = &task->allowed_spans[i];
		struct stretch x;

		if (!str_eq(span->file, seen->path))
			continue;
		al->named = true;
		if (!seen->existed)
			continue;
		if (find(j, t, span, al, &v, &x, e) != 0)
			return -1;
		if (stretch_lines(lines_before(j, file), x,
		    &al->spans[al->n]))
			al->n++;
	}
	join(al);
	*out = *known = al;
	return 0;
}

static bool
takes(const struct allowed *al, struct line_span s)
{
	for (size_t i = 0; i < al->n; i++)
		if (s.from >= al->spans[i].from && s.to <= al->spans[i].to)
			return true;
	return false;
}

/* "lines 3 to 9", "the point before line 3" */
static struct str
in_words(struct arena *a, struct line_span s)
{
	if (s.from == s.to)
		return arena_fmt(a, "the point before line %zu", s.from + 1);
	if (s.to == s.from + 1)
		return arena_fmt(a, "line %zu", s.to);
	return arena_fmt(a, "lines %zu to %zu", s.from + 1, s.to);
}

static struct str
all_in_words(struct arena *a, const struct allowed *al)
{
	struct str all = al->n ? STR("") : STR("none");

	for (size_t i = 0; i < al->n && i < SPANS_SHOWN; i++)
		all = arena_fmt(a, "%.*s%s%.*s", STR_ARG(all), i ? ", " : "",
		    STR_ARG(in_words(a, al->spans[i])));
	if (al->n > SPANS_SHOWN)
		all = arena_fmt(a, "%.*s and more", STR_ARG(all));
	if (al->why.p)
		all = arena_fmt(a, "%.*s (a span of another version cannot be "
		    "found again: %.*s)", STR_ARG(all), STR_ARG(al->why));
	return all;
}

static int
judge_touch(struct judge *j, struct tasks *t, size_t k,
    const struct task *task, const struct plan_touch *touch, struct err *e)
{
	const struct plan_seen *seen = &j->c->plan->seen[touch->file];
	struct allowed *al;

	if (allowed_of(j, t, task, touch->file, &al, e) != 0)
		return -1;
	if (!al->named) {
		verdict(j, k, ERR_SPAN_DENIED, "", "tasks: task \"%.*s\" "
		    "allows nothing in %.*s", STR_ARG(task->uuid),
		    STR_ARG(seen->path));
		return 0;
	}
	for (size_t i = 0; seen->existed && i < touch->script.n; i++) {
		struct line_span s = touched_lines(j, touch, i);

		if (takes(al, s))
			continue;
		verdict(j, k, ERR_SPAN_DENIED, "", "tasks: task \"%.*s\" does "
		    "not allow %.*s of %.*s; of the file as it is now it "
		    "allows %.*s", STR_ARG(task->uuid),
		    STR_ARG(in_words(j->a, s)), STR_ARG(seen->path),
		    STR_ARG(all_in_words(j->a, al)));
	}
	return 0;
}

static const struct task *
task_of(struct judge *j, const struct tasks *t, bool there, size_t k)
{
	const struct patch_op *op = &j->c->batch->ops[k];
	const struct task *task = NULL;

	if (!there)
		verdict(j, k, ERR_POLICY_DENIED, "/taskId", "tasks: there is "
		    "no %.*s, so there is no task to work on",
		    STR_ARG(j->p->tasks));
	else if (!op->task_id.p)
		verdict(j, k, ERR_POLICY_DENIED, "/taskId", "tasks: an "
		    "operation must name its task by taskId");
	else if (!(task = task_find(&t->list, op->task_id)))
		verdict(j, k, ERR_POLICY_DENIED, "/taskId", "tasks: there is "
		    "no task \"%.*s\" in %.*s", STR_ARG(op->task_id),
		    STR_ARG(j->p->tasks));
	else if (!task_is_open(task))
		verdict(j, k, ERR_POLICY_DENIED, "/taskId", "tasks: task "
		    "\"%.*s\" is %.*s", STR_ARG(op->task_id),
		    STR_ARG(task->status));
	return task;
}

int
judge_tasks(struct judge *j, struct err *e)
{
	const struct plan *plan = j->c->plan;
	struct tasks t = { 0 };
	bool there;

	if (load(j, &t, &there, e) != 0)
		return -1;
	t.known = arena_array_of(j->a, struct allowed *, t.list.n_tasks + 1);
	for (size_t k = 0; k < plan->n_results; k++) {
		const struct plan_result *r = &plan->results[k];
		const struct task *task;

		if (is_judged(j, k) || is_revert(&j->c->batch->ops[k]))
			continue;
		task = task_of(j, &t, there, k);
		for (size_t i = 0; task && i < r->n_touches; i++)
			if (judge_touch(j, &t, k, task, &r->touches[i],
			    e) != 0)
				return -1;
	}
	return 0;
}
