#include "policy/guard.h"
#include "policy/judge.h"

#define SHOWN_DIGITS 16		/* of a hash, in a message */

/* The guarded regions of one file before the batch. */
struct guarded {
	struct guard *g;
	size_t n;
	bool touched;		/* some operation was refused for one */
};

static bool
hits(const struct guard *g, struct line_span s)
{
	/* a point between its lines; behind it when nothing ends it */
	if (s.from == s.to)
		return s.from > g->first &&
		    (s.from <= g->last || !g->closed);
	return s.from <= g->last && s.to > g->first;
}

/* "guards: PROTECTED-BEGIN:x in lines 3 to 9 of f" */
static struct str
describe(struct judge *j, const struct guard *g, struct str path)
{
	return arena_fmt(j->a, "guards: %s%s%.*s in lines %zu to %zu of %.*s",
	    g->hashed ? "START:" : "PROTECTED-BEGIN",
	    !g->hashed && g->name.len ? ":" : "", STR_ARG(g->name),
	    g->first + 1, g->last + 1, STR_ARG(path));
}

static void
refuse(struct judge *j, size_t k, const struct guard *g, struct str path)
{
	struct str what = describe(j, g, path);

	if (guard_fits(j->a, g) && g->closed)
		verdict(j, k, ERR_GUARD_REGION, "", "%.*s may not be changed",
		    STR_ARG(what));
	else if (!g->closed)
		verdict(j, k, ERR_GUARD_REGION, "", "%.*s is broken already: "
		    "nothing ends it; the operator has to mend it before "
		    "anything behind it may be changed", STR_ARG(what));
	else if (g->hash.len < GUARD_HASH_MIN || g->hash.len > SHA256_HEX)
		verdict(j, k, ERR_GUARD_REGION, "", "%.*s is broken already: "
		    "its hash has %zu digits, not %d to %d; the operator has "
		    "to mend it", STR_ARG(what), g->hash.len, GUARD_HASH_MIN,
		    SHA256_HEX);
	else
		verdict(j, k, ERR_GUARD_REGION, "", "%.*s is broken already: "
		    "the hash of its lines begins with %.*s, not as it says; "
		    "the operator has to mend it", STR_ARG(what), SHOWN_DIGITS,
		    sha256_hex(j->a, sha256_of(g->inside)).p);
}

static void
judge_touch(struct judge *j, size_t k, const struct plan_touch *t,
    struct guarded *of)
{
	bool *hit;

	if (of->n == 0)
		return;
	hit = arena_array_of(j->a, bool, of->n);
	for (size_t h = 0; h < t->script.n; h++) {
		struct line_span s;

		if (str_eq(t->script.h[h].gone, t->script.h[h].come))
			continue;
		s = touched_lines(j, t, h);
		for (size_t i = 0; i < of->n; i++)
			hit[i] = hit[i] || hits(&of->g[i], s);
	}
	for (size_t i = 0; i < of->n; i++) {
		if (!hit[i] && (t->exists || !t->existed))
			continue;
		of->touched = true;
		refuse(j, k, &of->g[i], j->c->plan->seen[t->file].path);
	}
}

/* Whether all regions are still there as they were, in their order. */
static const struct guard *
first_lost(struct judge *j, const struct guarded *of, struct str after)
{
	struct guard *now;
	size_t n, at = 0;

	guards_find(j->a, after, &now, &n);
	for (size_t i = 0; i < of->n; i++) {
		while (at < n && !(str_eq(now[at].text, of->g[i].text) &&
		    now[at].hashed == of->g[i].hashed))
			at++;
		if (at++ >= n)
			return &of->g[i];
	}
	return NULL;
}

/* Every operation that touches the file. */
static void
refuse_all(struct judge *j, size_t file, enum err_kind kind, struct str why)
{
	const struct plan *plan = j->c->plan;

	for (size_t k = 0; k < plan->n_results; k++)
		for (size_t i = 0; i < plan->results[k].n_touches; i++)
			if (plan->results[k].touches[i].file == file)
				verdict(j, k, kind, "", "%.*s", STR_ARG(why));
}

/* What one operation alone does not show: that a region is not one any more
 * after all of them. */
static void
judge_whole(struct judge *j, size_t file, const struct guarded *of)
{
	const struct plan_seen *s = &j->c->plan->seen[file];
	const struct guard *lost;

	if (of->n == 0 || of->touched || !s->exists)
		return;
	lost = first_lost(j, of, s->after);
	if (lost)
		refuse_all(j, file, ERR_GUARD_REGION, arena_fmt(j->a,
		    "%.*s would not be there any more as it is now",
		    STR_ARG(describe(j, lost, s->path))));
}

static bool
too_many(struct judge *j, struct str text)
{
	struct guard *g;
	size_t n;

	return !guards_find(j->a, text, &g, &n);
}

void
judge_guards(struct judge *j)
{
	const struct plan *plan = j->c->plan;
	struct guarded *of = arena_array_of(j->a, struct guarded,
	    plan->n_seen + 1);

	for (size_t i = 0; i < plan->n_seen; i++) {
		const struct plan_seen *s = &plan->seen[i];

		if (s->existed && !guards_find(j->a, s->before, &of[i].g,
		    &of[i].n))
			of[i].touched = true;
		if (of[i].touched || (s->exists && too_many(j, s->after)))
			refuse_all(j, i, ERR_GUARD_REGION, arena_fmt(j->a,
			    "guards: %.*s would have or has more than %d "
			    "guarded regions", STR_ARG(s->path), GUARDS_MAX));
	}
	for (size_t k = 0; k < plan->n_results; k++)
		for (size_t t = 0; !is_judged(j, k) &&
		    t < plan->results[k].n_touches; t++) {
			const struct plan_touch *touch =
			    &plan->results[k].touches[t];

			judge_touch(j, k, touch, &of[touch->file]);
		}
	for (size_t i = 0; i < plan->n_seen; i++)
		judge_whole(j, i, &of[i]);
}
