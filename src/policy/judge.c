#include "policy/judge.h"

#include <stdarg.h>
#include <stdio.h>

void
verdict(struct judge *j, size_t k, enum err_kind kind, const char *at,
    const char *fmt, ...)
{
	struct verdicts *v = &j->of[k];
	struct err *e;
	char detail[DETAIL_MAX_BYTES];
	va_list ap;

	if (v->n++ >= FAULTS_MAX)
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
	struct str have;

	if (s.from > s.to || s.to > l->n)
		return false;
	have = lines_slice(l, s.from, s.to - s.from);
	/* a byte order mark is no part of line 1 */
	if (s.from == 0 && have.len > bytes.len && str_starts(have, text_bom))
		have = str_n(have.p + text_bom.len, have.len - text_bom.len);
	return str_eq(have, bytes);
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

/* Does the plan know that a denied file is meant, where we do not? */
static bool
may_show_denied(const struct judge *j, size_t k)
{
	const struct patch_op *op = &j->c->batch->ops[k];

	return j->of[k].path_denied || ((op->op == OP_UNIFIED_DIFF ||
	    op->op == OP_APPLY_PATCH) && j->denied_seen);
}

/* Put the verdicts of operation k into the plan. */
static void
pronounce(struct judge *j, size_t k)
{
	struct plan_result *r = &j->c->plan->results[k];
	struct verdicts *v = &j->of[k];
	struct err *own;

	if (r->status == PLAN_REFUSED && may_show_denied(j, k)) {
		r->current_text = STR_NONE;
		r->current_sha256 = STR_NONE;
	}
	if (v->n == 0)
		return;
	if (r->status != PLAN_REFUSED) {
		plan_refuse(j->c->plan, k, v->first);
		return;
	}
	own = arena_new_of(j->a, struct err);
	*own = r->err;
	v->last->next = own;
	r->err = *v->first;
}

int
policy_judge(const struct policy_case *c, struct arena *a, struct err *e)
{
	struct judge j = { .c = c, .p = c->policy, .a = a };

	j.of = arena_array_of(a, struct verdicts, c->plan->n_results + 1);
	j.before = arena_array_of(a, struct lines *, c->plan->n_seen + 1);
	judge_paths(&j);
	if (c->policy->guards)
		judge_guards(&j);
	if (c->policy->tasks.p && judge_tasks(&j, e) != 0)
		return -1;
	judge_limits(&j);
	for (size_t k = 0; k < c->plan->n_results; k++)
		pronounce(&j, k);
	return 0;
}
