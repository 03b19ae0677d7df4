#include "govern/check.h"

#include "base/clock.h"
#include "validate/diagnostics.h"

#define SENTENCE_BYTES 400	/* of a diagnostic, in an error's detail */
/* An event has its bounds (EVENT_MAX_BYTES): of each operation. */
#define EVENT_VERDICTS 32
#define EVENT_DIAGNOSTICS 5

/* Does operation k have to do with that file? */
static bool
touches(const struct check *c, size_t k, struct str path)
{
	const struct plan_result *r = &c->plan->results[k];

	if (str_eq(c->batch->ops[k].file, path))
		return true;
	for (size_t i = 0; i < r->n_touches; i++)
		if (str_eq(c->plan->seen[r->touches[i].file].path, path))
			return true;
	return false;
}

/* Does it have to do with a file that the verdict objects to? */
static bool
offends(const struct check *c, size_t k, const struct verdict *v, bool named)
{
	for (size_t i = 0; i < v->n_files; i++) {
		bool blamed = !named;

		for (size_t d = 0; d < v->n_diagnostics && !blamed; d++)
			blamed = diagnostic_names(v->diagnostics[d],
			    v->files[i]);
		if (blamed && touches(c, k, v->files[i]))
			return true;
	}
	return false;
}

/* The operation to name: the first that touches a file of the diagnostics, else
 * one that was looked at, else the first that would have been applied. */
static size_t
offender(const struct check *c, const struct verdict *v)
{
	const struct plan *p = c->plan;
	size_t first = 0;

	for (int named = 1; named >= 0; named--)
		for (size_t k = 0; k < p->n_results; k++)
			if (p->results[k].status == PLAN_OK &&
			    offends(c, k, v, named))
				return k;
	while (first + 1 < p->n_results && p->results[first].status != PLAN_OK)
		first++;
	return first;
}

static struct str
sentence(struct str s)
{
	if (s.len <= SENTENCE_BYTES)
		return s;
	s.len = SENTENCE_BYTES;
	while (s.len && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
		s.len--;
	return s;
}

static void
objection(const struct verdict *v, struct err *e)
{
	struct str name = v->name;

	if (v->status == VERDICT_ERROR)
		err_set(e, ERR_NOT_READY, "The validator %.*s is required, but "
		    "cannot be run: %.*s", STR_ARG(name),
		    STR_ARG(sentence(v->reason)));
	else if (v->status == VERDICT_TIMEOUT)
		err_set(e, ERR_VALIDATOR_TIMEOUT, "The validator %.*s was %.*s",
		    STR_ARG(name), STR_ARG(sentence(v->reason)));
	else if (v->n_diagnostics > 1)
		err_set(e, ERR_VALIDATOR_FAILED, "%.*s: %.*s (and %zu more)",
		    STR_ARG(name), STR_ARG(sentence(v->diagnostics[0])),
		    v->n_diagnostics - 1);
	else
		err_set(e, ERR_VALIDATOR_FAILED, "%.*s: %.*s", STR_ARG(name),
		    STR_ARG(sentence(v->n_diagnostics ? v->diagnostics[0] :
		    v->reason)));
}

static void
refuse_all(struct check *c, const struct verdict *v)
{
	struct plan *p = c->plan;
	size_t who = offender(c, v);

	for (size_t k = 0; k < p->n_results; k++) {
		struct plan_result *r = &p->results[k];

		if (r->status != PLAN_OK)
			continue;
		r->diff = STR("");
		r->lines_added = r->lines_removed = 0;
		r->after_sha256 = STR_NONE;
		r->shift = SHIFT_NONE;
		r->err = (struct err){ 0 };
		if (k == who) {
			r->status = PLAN_REFUSED;
			objection(v, &r->err);
		} else {
			r->status = PLAN_NOT_APPLIED;
			err_set(&r->err, ERR_NOT_APPLIED, "The validator %.*s "
			    "refused the batch", STR_ARG(v->name));
		}
		err_at(&r->err, "/patches/%zu", k);
	}
	p->refused = true;
	p->n_files = 0;
}

int
check_batch(struct check *c, struct err *e)
{
	struct validate_request q = {
		.runner = c->g->runner, .policy = c->policy,
		.workspace = c->batch->workspace, .plan = c->plan,
		.advisory = c->batch->validate,
		.on_verdict = c->on_verdict, .to = c->to,
	};
	const struct verdict *no;

	if (c->plan->n_files == 0)
		return 0;
	if (validate_run(&q, c->a, &c->report, e) != 0) {
		/* a preset nobody knows is the operator's fault */
		if (e->kind == ERR_CONFIG)
			e->kind = ERR_NOT_READY;
		return -1;
	}
	no = validate_refusal(&c->report);
	if (no)
		refuse_all(c, no);
	return 0;
}

static bool
is_about(const struct check *c, const struct verdict *v, size_t k)
{
	for (size_t i = 0; i < v->n_files; i++)
		if (touches(c, k, v->files[i]))
			return true;
	return false;
}

int
check_ok(const struct check *c, size_t k)
{
	int tri = TRI_NULL;

	for (size_t i = 0; i < c->report.n; i++) {
		const struct verdict *v = &c->report.verdicts[i];

		if (!is_about(c, v, k))
			continue;
		if (v->status == VERDICT_FAILED ||
		    v->status == VERDICT_TIMEOUT)
			return TRI_FALSE;
		if (v->status == VERDICT_OK)
			tri = TRI_TRUE;
	}
	return tri;
}

/* A verdict as it travels with each event: about one file, and short. */
static struct verdict
short_verdict(const struct check *c, const struct verdict *v, size_t k)
{
	struct verdict s = *v;

	s.files = arena_array_of(c->a, struct str, v->n_files + 1);
	s.n_files = 0;
	for (size_t i = 0; i < v->n_files; i++)
		if (touches(c, k, v->files[i]))
			s.files[s.n_files++] = v->files[i];
	if (s.n_diagnostics > EVENT_DIAGNOSTICS)
		s.n_diagnostics = EVENT_DIAGNOSTICS;
	s.diagnostics = arena_array_of(c->a, struct str, s.n_diagnostics + 1);
	for (size_t i = 0; i < s.n_diagnostics; i++)
		s.diagnostics[i] = sentence(v->diagnostics[i]);
	if (s.output.p)
		s.output = output_cut(c->a, s.output, VERDICT_EVENT_BYTES, 0);
	return s;
}

bool
check_event(const struct check *c, size_t k, struct patch_event *out)
{
	struct verdict *list = arena_array_of(c->a, struct verdict,
	    c->report.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < c->report.n && n < EVENT_VERDICTS; i++)
		if (is_about(c, &c->report.verdicts[i], k))
			list[n++] = short_verdict(c, &c->report.verdicts[i], k);
	if (n == 0)
		return false;
	out->type = EVENT_PATCH_VALIDATED;
	out->status = STR("validated");
	out->ts_ms = clock_now_ms();
	out->ts_check_ok = check_ok(c, k);
	out->validators = list;
	out->n_validators = n;
	return true;
}
