#include "policy/judge.h"

/* What one operation adds to the sums of the batch. */
struct sums {
	int64_t files, lines, bytes;
};

struct tally {
	struct sums sum;
	bool *counted;		/* per file seen */
	int64_t *removed;	/* lines, per file seen */
	int64_t *lines;		/* before the batch; -1: not counted yet */
};

/* Lines that some of this text is in. */
static int64_t
count_lines(struct str s)
{
	const char *p = s.p, *end = s.p + s.len;
	int64_t n = s.len && end[-1] != '\n';

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		n++;
	}
	return n;
}

static struct str
first_line(struct str s)
{
	const char *end = s.len ? memchr(s.p, '\n', s.len) : NULL;

	return end ? str_n(s.p, (size_t)(end - s.p) + 1) : s;
}

static struct str
last_line(struct str s)
{
	size_t n = s.len ? s.len - 1 : 0;

	while (n && s.p[n - 1] != '\n')
		n--;
	return str_n(s.p + n, s.len - n);
}

/* Without the lines that both begin or end with: what is there after as it was
 * before has not been changed. */
static void
trim_same(struct str *gone, struct str *come)
{
	while (gone->len && come->len) {
		struct str line = first_line(*gone);

		if (!str_eq(line, first_line(*come)))
			break;
		*gone = str_n(gone->p + line.len, gone->len - line.len);
		*come = str_n(come->p + line.len, come->len - line.len);
	}
	while (gone->len && come->len) {
		struct str line = last_line(*gone);

		if (!str_eq(line, last_line(*come)))
			break;
		gone->len -= line.len;
		come->len -= line.len;
	}
}

struct changed {
	int64_t added, removed, bytes;
};

static struct changed
changed_by(const struct plan_touch *t)
{
	struct changed c = { 0, 0, 0 };

	for (size_t i = 0; i < t->script.n; i++) {
		struct str gone = t->script.h[i].gone;
		struct str come = t->script.h[i].come;

		trim_same(&gone, &come);
		c.added += count_lines(come);
		c.removed += count_lines(gone);
		c.bytes += (int64_t)t->script.h[i].come.len;
	}
	return c;
}

/* All of a file's text as a script that makes or removes it has it. */
static struct str
whole_text(const struct plan_touch *t, bool come)
{
	if (t->script.n == 0)
		return STR("");
	return come ? t->script.h[0].come : t->script.h[0].gone;
}

/* Does the text of this touch come from, or go to, another file as it is? */
static bool
is_moved(const struct plan_result *r, const struct plan_touch *t)
{
	bool made = !t->existed && t->exists;

	if (t->existed == t->exists)
		return false;
	for (size_t i = 0; i < r->n_touches; i++) {
		const struct plan_touch *o = &r->touches[i];

		if (o->existed == t->exists && o->exists == t->existed &&
		    str_eq(whole_text(o, !made), whole_text(t, made)))
			return true;
	}
	return false;
}

/* The share of a file's lines that goes; once more than that is refused. */
static bool
judge_share(struct judge *j, struct tally *n, size_t k,
    const struct plan_touch *t, int64_t removed)
{
	const struct plan_seen *s = &j->c->plan->seen[t->file];
	int64_t most = j->p->max_deleted_percent;
	int64_t sum = n->removed[t->file] + removed;

	if (most < 0 || removed == 0 || !s->existed)
		return true;
	if (n->lines[t->file] < 0)
		n->lines[t->file] = count_lines(s->before);
	if (sum * 100 <= most * n->lines[t->file])
		return true;
	verdict(j, k, ERR_POLICY_DENIED, "", "maxDeletedPercent %lld: %lld of "
	    "the %lld lines of %.*s would be removed by the batch",
	    (long long)most, (long long)sum, (long long)n->lines[t->file],
	    STR_ARG(s->path));
	return false;
}

static bool
judge_sum(struct judge *j, size_t k, const char *rule, int64_t most,
    int64_t sum, const char *what)
{
	if (most < 0 || sum <= most)
		return true;
	verdict(j, k, ERR_POLICY_DENIED, "", "%s %lld: with this operation the "
	    "batch would have %lld %s", rule, (long long)most, (long long)sum,
	    what);
	return false;
}

static void
judge_operation(struct judge *j, struct tally *n, size_t k)
{
	const struct plan_result *r = &j->c->plan->results[k];
	struct sums sum = n->sum;
	bool fine = true;

	for (size_t i = 0; i < r->n_touches; i++) {
		const struct plan_touch *t = &r->touches[i];
		struct changed c = changed_by(t);

		sum.files += !n->counted[t->file];
		if (is_moved(r, t))
			continue;
		sum.lines += c.added + c.removed;
		sum.bytes += c.bytes;
		fine = judge_share(j, n, k, t, c.removed) && fine;
	}
	fine = judge_sum(j, k, "maxFiles", j->p->max_files, sum.files,
	    "files changed") && fine;
	fine = judge_sum(j, k, "maxLines", j->p->max_lines, sum.lines,
	    "lines added and removed") && fine;
	fine = judge_sum(j, k, "maxBytes", j->p->max_bytes, sum.bytes,
	    "bytes put in") && fine;
	if (!fine)
		return;			/* it is not counted for the others */
	n->sum = sum;
	for (size_t i = 0; i < r->n_touches; i++) {
		const struct plan_touch *t = &r->touches[i];

		n->counted[t->file] = true;
		if (!is_moved(r, t))
			n->removed[t->file] += changed_by(t).removed;
	}
}

void
judge_limits(struct judge *j)
{
	const struct plan *plan = j->c->plan;
	struct tally n = {
		.counted = arena_array_of(j->a, bool, plan->n_seen + 1),
		.removed = arena_array_of(j->a, int64_t, plan->n_seen + 1),
		.lines = arena_array_of(j->a, int64_t, plan->n_seen + 1),
	};

	for (size_t i = 0; i < plan->n_seen; i++)
		n.lines[i] = -1;
	for (size_t k = 0; k < plan->n_results; k++)
		if (plan->results[k].status == PLAN_OK && j->of[k].n == 0 &&
		    !is_revert(&j->c->batch->ops[k]))
			judge_operation(j, &n, k);
}
