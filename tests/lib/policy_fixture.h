/* policy_fixture.h - a batch and its plan, made by hand, before a policy. */
#ifndef TESTS_POLICY_FIXTURE_H
#define TESTS_POLICY_FIXTURE_H

#include "edit/planner.h"
#include "edit_fixture.h"
#include "policy/policy.h"

#define WORLD_MAX 64		/* operations, files, touches of one */

struct world {
	struct arena *a;
	struct policy policy;
	struct patch_batch batch;
	struct plan plan;
	struct policy_case c;
	struct planner planner;
};

static inline struct world *
world_new(const char *policy)
{
	struct arena *a = arena_new();
	struct world *w = arena_new_of(a, struct world);
	struct err e = { 0 };

	w->a = a;
	w->batch.ops = arena_array_of(a, struct patch_op, WORLD_MAX);
	w->plan.results = arena_array_of(a, struct plan_result, WORLD_MAX);
	w->plan.seen = arena_array_of(a, struct plan_seen, WORLD_MAX);
	w->planner.skip = arena_array_of(a, bool, WORLD_MAX);
	w->plan.inside = &w->planner;
	w->c = (struct policy_case){ .policy = &w->policy,
	    .batch = &w->batch, .plan = &w->plan };
	if (contract_decode_text(&policy_contract, str(policy), a, &w->policy,
	    &e) != 0) {
		printf("# %s\n", e.detail);
		bail_out("the policy of a test is wrong");
	}
	return w;
}

static inline void
world_free(struct world *w)
{
	arena_free(w->a);
}

/* Texts are NULL where there is no file. */
static inline size_t
world_file(struct world *w, const char *path, const char *before,
    const char *after)
{
	struct plan_seen *s = &w->plan.seen[w->plan.n_seen];

	*s = (struct plan_seen){ .path = str(path), .existed = before != NULL,
	    .exists = after != NULL, .before = str(before),
	    .after = str(after), .before_sha256 = sha256_of(str(before)) };
	return w->plan.n_seen++;
}

static inline size_t
world_op(struct world *w, enum op_kind op, const char *file, const char *to,
    const char *task)
{
	struct patch_op *o = &w->batch.ops[w->batch.n_ops++];
	struct plan_result *r = &w->plan.results[w->plan.n_results];

	*o = (struct patch_op){ .op = op, .file = str(file), .to = str(to),
	    .task_id = str(task) };
	r->names = arena_array_of(w->a, struct str, WORLD_MAX);
	if (file)
		r->names[r->n_names++] = str(file);
	if (to)
		r->names[r->n_names++] = str(to);
	return w->plan.n_results++;
}

/* Byte of line n (from 0) of a text, or its end. */
static inline size_t
line_byte(struct str s, size_t n)
{
	size_t i = 0;

	for (; n && i < s.len; i++)
		n -= s.p[i] == '\n';
	return i;
}

/* A touch of a file without hunks yet. */
static inline struct plan_touch *
world_touch(struct world *w, size_t k, size_t file)
{
	struct plan_result *r = &w->plan.results[k];
	const struct plan_seen *s = &w->plan.seen[file];
	struct plan_touch *t;

	if (!r->touches)
		r->touches = arena_array_of(w->a, struct plan_touch, WORLD_MAX);
	t = &r->touches[r->n_touches++];
	r->names[r->n_names++] = s->path;
	*t = (struct plan_touch){ .file = file, .existed = s->existed,
	    .exists = s->exists };
	t->script.h = arena_array_of(w->a, struct hunk, WORLD_MAX);
	t->lines = arena_array_of(w->a, struct line_span, WORLD_MAX);
	return t;
}

/* Lines from..to-1 (from 0) of the file become a text. */
static inline void
world_hunk(struct world *w, struct plan_touch *t, size_t from, size_t to,
    const char *come)
{
	struct str before = w->plan.seen[t->file].before;
	size_t at = line_byte(before, from), end = line_byte(before, to);

	t->lines[t->script.n] = (struct line_span){ from, to };
	t->script.h[t->script.n++] = (struct hunk){ .from = at,
	    .gone = str_n(before.p ? before.p + at : "", end - at),
	    .come = str(come) };
}

/* An operation that does one thing to one file, and the file after it. */
static inline size_t
world_edit(struct world *w, size_t file, size_t from, size_t to,
    const char *come, const char *task)
{
	struct plan_seen *s = &w->plan.seen[file];
	size_t k = world_op(w, OP_REPLACE_BLOCK, s->path.p, NULL, task);
	struct plan_touch *t = world_touch(w, k, file);
	struct hunk *h = t->script.h;

	world_hunk(w, t, from, to, come);
	s->after = arena_fmt(w->a, "%.*s%s%.*s", (int)h->from, s->before.p,
	    come, (int)(s->before.len - h->from - h->gone.len),
	    s->before.p + h->from + h->gone.len);
	return k;
}

static inline int
world_judge(struct world *w)
{
	struct err e = { 0 };
	int rc = policy_judge(&w->c, w->a, &e);

	if (rc < 0)
		printf("# %s\n", e.detail);
	return rc;
}

/* want NULL: operation k is fine; else its error begins so. */
static inline bool
world_is(struct world *w, size_t k, enum err_kind kind, const char *want,
    const char *name)
{
	const struct plan_result *r = &w->plan.results[k];
	bool held = want ? r->status == PLAN_REFUSED && r->err.kind == kind &&
	    str_starts(str(r->err.detail), arena_fmt(w->a, "policy rule %s",
	    want)) : r->status == PLAN_OK;

	ok(held, "%s", name);
	if (!held)
		printf("#  got %d %d %s\n# want %d %s\n", r->status,
		    r->err.kind, r->err.detail, kind, want ? want : "(fine)");
	return held;
}

#endif
