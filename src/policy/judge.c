#include "policy/judge.h"

#include <stdarg.h>
#include <stdio.h>

bool
is_judged(const struct judge *j, size_t k)
{
	return j->c->judged[k];
}

void
verdict(struct judge *j, size_t k, enum err_kind kind, const char *at,
    const char *fmt, ...)
{
	struct verdicts *v = &j->of[k];
	struct err *e;
	char detail[DETAIL_MAX_BYTES];
	va_list ap;

	if (is_judged(j, k) || v->n++ >= FAULTS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	e = arena_new_of(j->a, struct err);
	err_set(e, kind, "policy rule %s", detail);
	err_at(e, "/patches/%zu%s", k, at);
	if (v->last)
		v->last->next = e;
	else
		v->first = e;
	v->last = e;
}

bool
is_revert(const struct patch_op *op)
{
	return op->op == OP_UNDO;
}

const struct lines *
lines_before(struct judge *j, size_t file)
{
	if (!j->before[file]) {
		j->before[file] = arena_new_of(j->a, struct lines);
		lines_of(j->a, j->c->plan->seen[file].before, j->before[file]);
	}
	return j->before[file];
}

/* Whether these bytes are the lines s, all of them. */
static bool
is_lines(const struct lines *l, struct line_span s, struct str bytes)
{
	return s.from <= s.to && s.to <= l->n &&
	    str_eq(lines_slice(l, s.from, s.to), bytes);
}

struct line_span
touched_lines(struct judge *j, const struct plan_touch *t, size_t i)
{
	const struct hunk *h = &t->script.h[i];
	const struct lines *before = lines_before(j, t->file);
	struct line_span s = t->lines[i];

	/* whole lines came, or whole lines went */
	if (h->come.len ? str_ends(h->come, STR("\n")) :
	    is_lines(before, s, h->gone))
		return s;
	if (s.to < before->n)
		s.to++;
	return s;
}

/* Put the verdicts of operation k into the plan, before what the engine said.
 * Of a file that is denied it may not say anything: whether a text was found in
 * it tells what is in there. */
static void
pronounce(struct judge *j, size_t k)
{
	struct plan_result *r = &j->c->plan->results[k];
	struct verdicts *v = &j->of[k];

	if (v->n == 0)
		return;
	if (v->path_denied) {
		r->current_text = r->current_sha256 = STR_NONE;
		r->current_line = 0;
		r->conflict_patch_id = STR_NONE;
	} else if (r->status == PLAN_REFUSED) {
		v->last->next = arena_new_of(j->a, struct err);
		*v->last->next = r->err;
	}
	plan_refuse(j->c->plan, k, v->first);
	j->c->judged[k] = true;
}

/* In a sequential batch the operations behind one that moves or reads a denied
 * file may have met its text.  One that is not atomic is computed again without
 * that one. */
static void
hush(struct judge *j)
{
	const struct patch_batch *b = j->c->batch;
	struct plan *plan = j->c->plan;
	bool met = false;

	if (!b->atomic || b->coordinates != COORD_SEQUENTIAL)
		return;
	for (size_t k = 0; k < plan->n_results; k++) {
		struct plan_result *r = &plan->results[k];

		met |= j->of[k].path_denied;
		if (!met || j->of[k].path_denied || r->status != PLAN_REFUSED)
			continue;
		r->status = PLAN_NOT_APPLIED;
		r->current_text = r->current_sha256 = STR_NONE;
		r->current_line = 0;
		r->conflict_patch_id = STR_NONE;
	}
}

/* Operations that become possible one after the other, as others are refused,
 * would keep the workspace locked for long. */
static void
end_it(struct judge *j)
{
	for (size_t k = 0; k < j->c->plan->n_results; k++)
		verdict(j, k, ERR_POLICY_DENIED, "", "rounds %d: what is "
		    "left of the batch depends on what was refused; send it "
		    "as a batch of its own", POLICY_MAX_ROUNDS);
}

int
policy_judge(struct policy_case *c, struct arena *a, struct err *e)
{
	struct judge j = { .c = c, .p = c->policy, .a = a };
	size_t n = c->plan->n_results, spoken = 0;

	if (!c->judged)
		c->judged = arena_array_of(a, bool, n + 1);
	j.of = arena_array_of(a, struct verdicts, n + 1);
	j.before = arena_array_of(a, struct lines *, c->plan->n_seen + 1);
	judge_paths(&j);
	if (c->policy->guards)
		judge_guards(&j);
	if (c->policy->tasks.p && judge_tasks(&j, e) != 0)
		return -1;
	judge_limits(&j);
	for (size_t k = 0; k < n; k++)
		spoken += j.of[k].n > 0;
	if (spoken && c->round++ == POLICY_MAX_ROUNDS)
		end_it(&j);
	hush(&j);
	for (size_t k = 0; k < n; k++)
		pronounce(&j, k);
	return spoken > 0;
}

int
policy_settle(struct policy_case *c, struct arena *a, struct err *e)
{
	int rc = policy_judge(c, a, e);

	if (rc < 0 || plan_finish(c->plan, e) != 0)
		return -1;
	/* what was refused makes other operations possible, or another thing */
	while (rc > 0 && !c->batch->atomic) {
		rc = policy_judge(c, a, e);
		if (rc < 0 || (rc > 0 && plan_finish(c->plan, e) != 0))
			return -1;
	}
	return 0;
}
