#include "ledger/packed_errors.h"

#include <stdlib.h>

/* Migration 032 gave the buckets as they were before facets of their own. */
#define FACET_BEFORE	100

struct error { int64_t term, n; };

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

/* What will be there of each of the cells, sorted, without those that are then
 * nothing; false: damaged. */
static bool
sum_up(struct str text, const struct packed_cell *cells, size_t n,
    struct error *sums, size_t *left)
{
	struct reader r = { .groups = { .rest = text } };
	struct error x;
	bool good = true;

	for (size_t i = 0; i < n; i++) {
		sums[i] = (struct error){ cells[i].k1, cells[i].n.failed };
		good &= cells[i].n.ok == 0 && cells[i].n.reverted == 0;
	}
	while (read_next(&r, &x)) {
		size_t i = find(cells, n, x.term);

		if (i < n)
			sums[i].n += x.n;
	}
	*left = 0;
	for (size_t i = 0; i < n; i++) {
		good &= sums[i].n >= 0;
		if (sums[i].n > 0)
			sums[(*left)++] = sums[i];
	}
	qsort(sums, *left, sizeof(*sums), compare);
	return good && read_whole(&r);
}

int
packed_errors_add(struct str text, const struct packed_cell *cells, size_t n,
    struct buf *out, struct err *e)
{
	struct error *sums = calloc(n + 1, sizeof(*sums)), x = { 0 };
	struct reader r = { .groups = { .rest = text } };
	struct writer w = WRITER(out);
	size_t left = 0, i = 0;
	bool good, more;

	if (!sums)
		abort();
	good = sum_up(text, cells, n, sums, &left);
	more = good;
	while (more) {		/* what stays as it was, and the sums between */
		do
			more = read_next(&r, &x);
		while (more && find(cells, n, x.term) < n);
		while (i < left && (!more || compare(&sums[i], &x) < 0))
			write_next(&w, &sums[i++]);
		if (more)
			write_next(&w, &x);
	}
	free(sums);
	return write_end(&w, good, e);
}

packed_adder *
packed_adder_of(int64_t facet)
{
	return facet == FACET_ERROR || facet == FACET_ERROR_BY ?
	    packed_errors_add : packed_add;
}

/* Cells as packed.h has them. */
static int
convert(struct str text, struct buf *out, struct err *e)
{
	struct packed_cell *cells = NULL, c;
	struct packed old = { .rest = text };
	size_t n = 0, room = 0;
	int rc;

	while (packed_next(&old, &c)) {
		if (n == room) {
			room = room ? room * 2 : 16;
			cells = realloc(cells, room * sizeof(*cells));
			if (!cells)
				abort();
		}
		cells[n++] = c;
	}
	rc = old.rest.len ? packed_damaged(e) :
	    packed_errors_add(STR(""), cells, n, out, e);
	free(cells);
	return rc;
}

static int
convert_first(struct db *db, struct buf *out, bool *more, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT facet, grain, bucket, requester,"
	    " workspace, cells FROM rollup WHERE facet > :before LIMIT 1");
	int64_t key[5];
	int rc;

	stmt_bind_int(s, ":before", FACET_BEFORE);
	rc = stmt_step(s, e);
	*more = rc > 0;
	for (int i = 0; rc > 0 && i < 5; i++)
		key[i] = stmt_int(s, i);
	if (rc > 0)
		rc = convert(stmt_str(s, 5), out, e) == 0 ? 1 : -1;
	stmt_reset(s);
	if (rc <= 0)
		return rc;
	if (tally_put(db, key, STR(""), e) != 0)
		return -1;
	key[0] -= FACET_BEFORE;
	return tally_put(db, key, buf_str(out), e);
}

int
packed_errors_convert(struct db *db, struct err *e)
{
	struct buf room = BUF_INIT(BUCKET_MAX_BYTES);
	bool more;
	int rc;

	do {
		buf_reset(&room);
		rc = convert_first(db, &room, &more, e);
	} while (rc == 0 && more);
	buf_free(&room);
	return rc;
}
