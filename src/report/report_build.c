#include "report/report_build.h"

#include <stdlib.h>

/* A patch under one of its names. */
struct entry {
	struct str key;
	const struct report_patch *p;
	const struct report_change *change;	/* of files */
};

struct entries {
	struct entry *rows;
	size_t n;
};

static int
by_seq(const struct report_patch *x, const struct report_patch *y)
{
	return (x->seq > y->seq) - (x->seq < y->seq);
}

/* By key, absent before empty; patches of one key in the order of events. */
static int
entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = str_cmp(x->key, y->key);

	if (c == 0)
		c = (x->key.p != NULL) - (y->key.p != NULL);
	return c ? c : by_seq(x->p, y->p);
}

static bool
same_key(const struct entry *x, const struct entry *y)
{
	return str_eq(x->key, y->key) && !x->key.p == !y->key.p;
}

/* Every patch under the name that stands at that offset. */
static struct entries
entries_of(struct arena *a, const struct report_facts *in, size_t at)
{
	struct entries e = { arena_array_of(a, struct entry,
	    in->n_patches + 1), in->n_patches };

	for (size_t i = 0; i < e.n; i++)
		e.rows[i] = (struct entry){
			*(const struct str *)(const void *)
			    ((const char *)&in->patches[i] + at),
			&in->patches[i], NULL };
	qsort(e.rows, e.n, sizeof(*e.rows), entry_cmp);
	return e;
}

/* Every patch under each of its files. */
static struct entries
entries_of_files(struct arena *a, const struct report_facts *in)
{
	struct entries e = { NULL, 0 };

	for (size_t i = 0; i < in->n_patches; i++)
		e.n += in->patches[i].n_changes;
	e.rows = arena_array_of(a, struct entry, e.n + 1);
	e.n = 0;
	for (size_t i = 0; i < in->n_patches; i++)
		for (size_t k = 0; k < in->patches[i].n_changes; k++) {
			const struct report_change *c =
			    &in->patches[i].changes[k];

			e.rows[e.n++] = (struct entry){ c->path,
			    &in->patches[i], c };
		}
	qsort(e.rows, e.n, sizeof(*e.rows), entry_cmp);
	return e;
}

static void
tally(struct report_totals *t, const struct report_patch *p)
{
	t->total++;
	t->ok += p->ok;
	t->failed += !p->ok;
	t->reverted += p->ok && p->reverted;
}

static size_t
groups_of(struct arena *a, const struct report_facts *in, size_t at,
    struct report_group **out)
{
	struct entries e = entries_of(a, in, at);
	size_t n = 0;

	*out = arena_array_of(a, struct report_group, e.n + 1);
	for (size_t i = 0; i < e.n; n++) {
		struct report_totals t = { 0 };
		size_t from = i;

		for (; i < e.n && same_key(&e.rows[from], &e.rows[i]); i++)
			tally(&t, e.rows[i].p);
		(*out)[n] = (struct report_group){ e.rows[from].key,
		    t.total, t.ok, t.failed, t.reverted };
	}
	return n;
}

static size_t
files_of(struct arena *a, const struct report_facts *in,
    struct report_diffstat *sum, struct report_file **out)
{
	struct entries e = entries_of_files(a, in);
	size_t n = 0;

	*out = arena_array_of(a, struct report_file, e.n + 1);
	for (size_t i = 0; i < e.n; n++) {
		struct report_file *f = &(*out)[n];
		struct report_totals t = { 0 };
		size_t from = i;

		for (; i < e.n && same_key(&e.rows[from], &e.rows[i]); i++) {
			const struct entry *row = &e.rows[i];

			tally(&t, row->p);
			if (!row->p->ok || row->p->reverted)
				continue;
			f->lines_added += row->change->lines_added;
			f->lines_removed += row->change->lines_removed;
		}
		*f = (struct report_file){ e.rows[from].key, t.total, t.ok,
		    t.failed, t.reverted, f->lines_added, f->lines_removed };
		sum->files += t.ok > t.reverted;
		sum->insertions += f->lines_added;
		sum->deletions += f->lines_removed;
	}
	return n;
}

static size_t
errors_of(struct arena *a, const struct report_facts *in,
    struct report_error **out)
{
	struct entries e = entries_of(a, in,
	    offsetof(struct report_patch, error));
	size_t n = 0;

	*out = arena_array_of(a, struct report_error, e.n + 1);
	for (size_t i = 0; i < e.n;) {
		struct report_error one = { e.rows[i].key, 0 };
		size_t from = i;

		for (; i < e.n && same_key(&e.rows[from], &e.rows[i]); i++)
			one.occurrences += !e.rows[i].p->ok;
		if (one.occurrences)
			(*out)[n++] = one;
	}
	return n;
}

/* Stable, as the keys of one list differ and came sorted by name. */
static int
group_cmp(const void *a, const void *b)
{
	const struct report_group *x = a, *y = b;
	int c = (y->total > x->total) - (y->total < x->total);

	if (c == 0)
		c = str_cmp(x->name, y->name);
	return c ? c : (x->name.p != NULL) - (y->name.p != NULL);
}

static int
error_cmp(const void *a, const void *b)
{
	const struct report_error *x = a, *y = b;
	int c = (y->occurrences > x->occurrences) -
	    (y->occurrences < x->occurrences);

	if (c == 0)
		c = str_cmp(x->error, y->error);
	return c ? c : (x->error.p != NULL) - (y->error.p != NULL);
}

static int
failure_cmp(const void *a, const void *b)
{
	return by_seq(*(const struct report_patch *const *)a,
	    *(const struct report_patch *const *)b);
}

static int
revert_cmp(const void *a, const void *b)
{
	const struct report_patch *x = *(const struct report_patch *const *)a;
	const struct report_patch *y = *(const struct report_patch *const *)b;
	int c = (x->revert_seq > y->revert_seq) -
	    (x->revert_seq < y->revert_seq);

	return c ? c : by_seq(x, y);
}

static bool
is_failure(const struct report_patch *p)
{
	return !p->ok;
}

static bool
is_revert(const struct report_patch *p)
{
	return p->ok && p->reverted;
}

/* Pointers to those that are wanted, sorted. */
static const struct report_patch **
chosen(struct arena *a, const struct report_facts *in,
    bool (*wanted)(const struct report_patch *p),
    int (*cmp)(const void *, const void *), size_t *n)
{
	const struct report_patch **all = arena_array_of(a,
	    const struct report_patch *, in->n_patches + 1);

	*n = 0;
	for (size_t i = 0; i < in->n_patches; i++)
		if (wanted(&in->patches[i]))
			all[(*n)++] = &in->patches[i];
	qsort(all, *n, sizeof(*all), cmp);
	return all;
}

/* Keep the first of them. */
static int64_t
cut(size_t *n, size_t most)
{
	size_t left = *n > most ? *n - most : 0;

	*n -= left;
	return (int64_t)left;
}

static struct str
first_file(const struct report_patch *p)
{
	return p->n_changes ? p->changes[0].path : STR_NONE;
}

static void
failures_build(struct arena *a, const struct report_facts *in,
    struct report *r)
{
	const struct report_patch **all = chosen(a, in, is_failure,
	    failure_cmp, &r->n_failures);

	r->failures_left_out = cut(&r->n_failures, REPORT_MAX_FACTS);
	r->failures = arena_array_of(a, struct report_failure,
	    r->n_failures + 1);
	for (size_t i = 0; i < r->n_failures; i++)
		r->failures[i] = (struct report_failure){
			.ts_ms = all[i]->ts_ms,
			.patch_id = report_text(a, all[i]->patch_id),
			.file = report_text(a, first_file(all[i])),
			.op = report_text(a, all[i]->op),
			.task_id = report_text(a, all[i]->task_id),
			.requester = report_text(a, all[i]->requester),
			.code = report_text(a, all[i]->code),
			.error = report_text(a, all[i]->error),
			.reason = report_text(a, all[i]->reason),
		};
}

static void
reverts_build(struct arena *a, const struct report_facts *in,
    struct report *r)
{
	const struct report_patch **all = chosen(a, in, is_revert, revert_cmp,
	    &r->n_reverts);

	r->reverts_left_out = cut(&r->n_reverts, REPORT_MAX_FACTS);
	r->reverts = arena_array_of(a, struct report_revert, r->n_reverts + 1);
	for (size_t i = 0; i < r->n_reverts; i++)
		r->reverts[i] = (struct report_revert){
			.ts_ms = all[i]->revert_ts_ms,
			.patch_id = report_text(a, all[i]->patch_id),
			.file = report_text(a, first_file(all[i])),
			.revert_id = report_text(a, all[i]->revert_id),
			.requester = report_text(a, all[i]->revert_requester),
		};
}

static void
groups_build(struct arena *a, const struct report_facts *in, struct report *r)
{
	size_t n;

	r->n_factories = groups_of(a, in,
	    offsetof(struct report_patch, requester), &r->factories);
	r->n_operations = groups_of(a, in,
	    offsetof(struct report_patch, op), &r->operations);
	n = groups_of(a, in, offsetof(struct report_patch, task_id),
	    &r->tasks);
	/* no task is none that was touched; it sorts first */
	if (n && !r->tasks[0].name.p) {
		r->tasks++;
		n--;
	}
	r->n_tasks = n;
	qsort(r->factories, r->n_factories, sizeof(*r->factories), group_cmp);
	qsort(r->operations, r->n_operations, sizeof(*r->operations),
	    group_cmp);
	r->factories_left_out = cut(&r->n_factories, REPORT_MAX_GROUPS);
	r->operations_left_out = cut(&r->n_operations, REPORT_MAX_GROUPS);
	r->tasks_left_out = cut(&r->n_tasks, REPORT_MAX_ROWS);
	for (size_t i = 0; i < r->n_factories; i++)
		r->factories[i].name = report_text(a, r->factories[i].name);
	for (size_t i = 0; i < r->n_operations; i++)
		r->operations[i].name = report_text(a, r->operations[i].name);
	for (size_t i = 0; i < r->n_tasks; i++)
		r->tasks[i].name = report_text(a, r->tasks[i].name);
}

static void
files_build(struct arena *a, const struct report_facts *in, struct report *r)
{
	r->n_files = files_of(a, in, &r->diffstat, &r->files);
	r->files_left_out = cut(&r->n_files, REPORT_MAX_ROWS);
	for (size_t i = 0; i < r->n_files; i++)
		r->files[i].path = report_text(a, r->files[i].path);
	r->n_errors = errors_of(a, in, &r->errors);
	qsort(r->errors, r->n_errors, sizeof(*r->errors), error_cmp);
	r->errors_left_out = cut(&r->n_errors, REPORT_MAX_GROUPS);
	for (size_t i = 0; i < r->n_errors; i++)
		r->errors[i].error = report_text(a, r->errors[i].error);
}

static void
phases_build(struct arena *a, const struct report_facts *in, struct report *r)
{
	r->n_phases = report_phases(a, in->marks, in->n_marks, &r->phases);
	r->phases_left_out = cut(&r->n_phases, REPORT_MAX_FACTS);
	for (size_t i = 0; i < r->n_phases; i++) {
		struct report_phase *p = &r->phases[i];

		p->factory = report_text(a, p->factory);
		p->task_id = report_text(a, p->task_id);
		p->message = report_text(a, p->message);
	}
}

static int
verdict_cmp(const void *a, const void *b)
{
	const struct report_verdict *x = a, *y = b;
	int c = str_cmp(x->name, y->name);

	return c ? c : (x->name.p != NULL) - (y->name.p != NULL);
}

static void
verdict_count(struct report_validator *v, int status)
{
	v->runs++;
	v->ok += status == VERDICT_OK;
	v->failed += status == VERDICT_FAILED;
	v->timeout += status == VERDICT_TIMEOUT;
	v->error += status == VERDICT_ERROR;
	v->skipped += status == VERDICT_SKIPPED;
}

static void
validators_build(struct arena *a, const struct report_facts *in,
    struct report *r)
{
	struct report_verdict *all = arena_array_of(a, struct report_verdict,
	    in->n_verdicts + 1);

	if (in->n_verdicts)
		memcpy(all, in->verdicts, in->n_verdicts * sizeof(*all));
	qsort(all, in->n_verdicts, sizeof(*all), verdict_cmp);
	r->validators = arena_array_of(a, struct report_validator,
	    in->n_verdicts + 1);
	for (size_t i = 0; i < in->n_verdicts;) {
		struct report_validator *v = &r->validators[r->n_validators++];
		size_t from = i;

		v->name = report_text(a, all[i].name);
		for (; i < in->n_verdicts &&
		    verdict_cmp(&all[from], &all[i]) == 0; i++)
			verdict_count(v, all[i].status);
	}
	r->validators_left_out = cut(&r->n_validators, REPORT_MAX_GROUPS);
}

static int
ms_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The smallest that percent of 100 do not exceed. */
static int64_t
rank(const int64_t *sorted, size_t n, size_t percent)
{
	return n ? sorted[(n * percent + 99) / 100 - 1] : -1;
}

static void
latency_build(struct arena *a, const struct report_facts *in,
    struct report_latency *l)
{
	int64_t *ms = arena_array_of(a, int64_t, in->n_patches + 1);
	size_t n = 0;

	for (size_t i = 0; i < in->n_patches; i++)
		if (in->patches[i].ok && in->patches[i].duration_ms >= 0) {
			ms[n++] = in->patches[i].duration_ms;
			l->sum_ms += in->patches[i].duration_ms;
		}
	qsort(ms, n, sizeof(*ms), ms_cmp);
	l->count = (int64_t)n;
	l->p50_ms = rank(ms, n, 50);
	l->p90_ms = rank(ms, n, 90);
	l->p99_ms = rank(ms, n, 99);
	l->max_ms = rank(ms, n, 100);
}

void
report_build(struct arena *a, const struct report_facts *in,
    struct report *out)
{
	struct report_duration *d = &out->duration;

	*out = (struct report){
		.order_id = report_text(a, in->order_id),
		.version = in->version,
		.as_of = in->as_of,
		.duration = { in->from_ms, in->as_of.ts_ms, -1 },
	};
	if (d->from_ms >= 0 && d->to_ms >= 0)
		d->elapsed_ms = d->to_ms > d->from_ms ?
		    d->to_ms - d->from_ms : 0;
	for (size_t i = 0; i < in->n_patches; i++)
		tally(&out->totals, &in->patches[i]);
	latency_build(a, in, &out->latency);
	groups_build(a, in, out);
	files_build(a, in, out);
	failures_build(a, in, out);
	reverts_build(a, in, out);
	validators_build(a, in, out);
	phases_build(a, in, out);
}
