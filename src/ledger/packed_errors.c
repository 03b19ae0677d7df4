#include "ledger/packed_errors.h"

#include <stdlib.h>

/* Migration 032 gave the buckets as they were before facets of their own. */
#define FACET_BEFORE	100

struct error { int64_t term, n; };

/* Of a cell that is added to: how often, and what will be there. */
struct change { int64_t before; struct error after; };

/* The cells of a bucket, in their order. */
struct reader {
	struct packed groups;
	struct packed_group group;
};

static bool
read_next(struct reader *r, struct error *out)
{
	while (!packed_term(&r->group.terms, &out->term))
		if (r->group.terms.rest.len ||
		    !packed_group(&r->groups, &r->group))
			return false;
	out->n = r->group.n;
	return true;
}

static bool
read_whole(const struct reader *r)
{
	return !r->groups.rest.len && !r->group.terms.rest.len;
}

/* The group that is being written. */
struct writer {
	struct buf *out, terms;
	int64_t n, last;
};
#define WRITER(out) { (out), .terms = BUF_INIT(BUCKET_MAX_BYTES) }

static void
group_end(struct writer *w)
{
	if (w->terms.len) {
		packed_put(w->out, w->n);
		packed_put(w->out, (int64_t)w->terms.len);
		buf_add(w->out, buf_str(&w->terms));
	}
	w->out->full |= w->terms.full;
	buf_reset(&w->terms);
	w->last = 0;
}

static void
write_next(struct writer *w, const struct error *x)
{
	if (x->n != w->n)
		group_end(w);
	packed_put(&w->terms, x->term - w->last);
	w->n = x->n;
	w->last = x->term;
}

static int
write_end(struct writer *w, bool good, struct err *e)
{
	group_end(w);
	buf_free(&w->terms);
	return good ? buf_check(w->out, "the sums of a bucket", e) :
	    packed_damaged(e);
}

static int
compare(const void *a, const void *b)
{
	const struct error *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->term < y->term ? -1 : x->term > y->term;
}

static int
compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return compare(&x->after, &y->after);
}

/* Which of the cells is of that term; n: none. */
static size_t
find(const struct packed_cell *cells, size_t n, int64_t term)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cells[middle].k1 < term)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && cells[low].k1 == term ? low : n;
}

/* Sorted as a bucket is; false: damaged. */
static bool
sum_up(struct str text, const struct packed_cell *cells, size_t n,
    struct change *of)
{
	struct reader r = { .groups = { .rest = text } };
	struct error x;
	bool good = true;

	while (read_next(&r, &x)) {
		size_t i = find(cells, n, x.term);

		if (i < n)
			of[i].before = x.n;
	}
	for (size_t i = 0; i < n; i++) {
		of[i].after = (struct error){ cells[i].k1, of[i].before +
		    cells[i].n.failed };
		good &= cells[i].n.ok == 0 && cells[i].n.reverted == 0 &&
		    of[i].after.n >= 0;
	}
	qsort(of, n, sizeof(*of), compare_changes);
	return good && read_whole(&r);
}

/* What is to be done. */
struct merge {
	const struct packed_cell *cells;
	const struct change *of;
	size_t n, next;		/* of: those before are written */
	struct writer w;
};

/* Those that come before x; NULL: all. */
static void
changes_write(struct merge *m, const struct error *x)
{
	while (m->next < m->n && m->of[m->next].after.n &&
	    (!x || compare(&m->of[m->next].after, x) < 0))
		write_next(&m->w, &m->of[m->next++].after);
}

static bool
group_changes(const struct merge *m, int64_t n)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->of[i].before == n || m->of[i].after.n == n)
			return true;
	return false;
}

static void
group_merge(struct merge *m, struct packed_group *g)
{
	struct error x = { .n = g->n };

	changes_write(m, &x);		/* term 0 is before all */
	if (!group_changes(m, g->n)) {
		group_end(&m->w);
		buf_add(&m->w.terms, g->terms.rest);
		m->w.n = g->n;
		group_end(&m->w);
		return;
	}
	while (packed_term(&g->terms, &x.term)) {
		if (find(m->cells, m->n, x.term) < m->n)
			continue;
		changes_write(m, &x);
		write_next(&m->w, &x);
	}
}

int
packed_errors_add(struct str text, const struct packed_cell *cells, size_t n,
    struct buf *out, struct err *e)
{
	struct change *of = calloc(n + 1, sizeof(*of));
	struct merge m = { cells, of, n, .w = WRITER(out) };
	struct packed groups = { .rest = text };
	struct packed_group g;
	bool good;

	if (!of)
		abort();
	good = sum_up(text, cells, n, of);
	while (good && packed_group(&groups, &g))
		group_merge(&m, &g);
	changes_write(&m, NULL);
	free(of);
	return write_end(&m.w, good, e);
}

packed_adder *
packed_adder_of(int64_t facet)
{
	return facet == FACET_ERROR || facet == FACET_ERROR_BY ?
	    packed_errors_add : packed_add;
}

/* Cells as packed.h has them; malloc'd. */
static struct packed_cell *
cells_of(struct str text, size_t *n)
{
	struct packed_cell *cells = NULL, c;
	struct packed old = { .rest = text };
	size_t room = 0;

	for (*n = 0; packed_next(&old, &c); cells[(*n)++] = c) {
		if (*n < room)
			continue;
		room = room ? room * 2 : 16;
		cells = realloc(cells, room * sizeof(*cells));
		if (!cells)
			abort();
	}
	if (old.rest.len) {
		free(cells);
		return NULL;
	}
	return cells;
}

/* To its bucket; a day also to its span, which was not kept. */
static int
convert(struct db *db, const int64_t key[5], const struct packed_cell *cells,
    size_t n, struct err *e)
{
	int64_t to[5] = { key[0] - FACET_BEFORE, key[1], key[2], key[3],
	    key[4] };

	if (tally_add(db, to, cells, n, e) != 0)
		return -1;
	if (to[0] != FACET_ERROR || to[1] != GRAIN_DAY)
		return 0;
	to[1] = GRAIN_SPAN;
	to[2] = grain_bucket(key[2] * grain_ms[GRAIN_DAY], GRAIN_SPAN);
	return tally_add(db, to, cells, n, e);
}

static int
convert_first(struct db *db, bool *more, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT facet, grain, bucket, requester,"
	    " workspace, cells FROM rollup WHERE facet > :before LIMIT 1");
	struct packed_cell *cells = NULL;
	int64_t key[5];
	size_t n;
	int rc;

	stmt_bind_int(s, ":before", FACET_BEFORE);
	rc = stmt_step(s, e);
	*more = rc > 0;
	for (int i = 0; rc > 0 && i < 5; i++)
		key[i] = stmt_int(s, i);
	if (rc > 0)
		cells = cells_of(stmt_str(s, 5), &n);
	stmt_reset(s);
	if (rc <= 0)
		return rc;
	if (!cells)
		return packed_damaged(e);
	rc = convert(db, key, cells, n, e);
	free(cells);
	return rc == 0 ? tally_put(db, key, STR(""), e) : -1;
}

int
packed_errors_convert(struct db *db, struct err *e)
{
	bool more = true;

	while (more)
		if (convert_first(db, &more, e) != 0)
			return -1;
	return 0;
}
