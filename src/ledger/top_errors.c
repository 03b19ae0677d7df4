/* Nearly all errors of a day came once or twice, and of those nearly all are of
 * no interest: one that is among the first came often on many days.  So first
 * only the errors that were often there are counted, of each bucket by its own
 * measure.  What a bucket has in its next group, no error was there more often
 * in what was not read of it: the sum of that is what any error may yet get.
 * Those that can be among the first by it are then looked for in the rest,
 * whose groups are sorted, so that what is known for long - as the most
 * frequent are - is found near the begin of each. */
#include "ledger/top_errors.h"

#include "ledger/packed_errors.h"

/* What is this many times less frequent than the first of its bucket is not
 * read at first. */
#define RARE_TIMES	4

struct search {
	struct top all;
	int64_t unread;		/* an error may have so many more */
	/* then: */
	struct top *to;
	bool some;		/* only what is in there already, ... */
	int64_t last;		/* ... and that is the greatest of it */
};

/* Does the group belong to the often ones of a bucket? */
static bool
is_often(const struct packed_group *g, int64_t *first)
{
	if (*first == 0)
		*first = g->n;
	return g->n * RARE_TIMES >= *first;
}

static int
take_often(void *ctx, struct str cells, struct err *e)
{
	struct search *s = ctx;
	struct packed p = { .rest = cells };
	struct packed_group g;
	int64_t first = 0, term;

	while (packed_group(&p, &g)) {
		if (!is_often(&g, &first)) {
			s->unread += g.n;
			return 0;
		}
		while (packed_term(&g.terms, &term))
			top_add(&s->all, term, g.n);
		if (g.terms.rest.len)
			return packed_damaged(e);
	}
	return p.rest.len == 0 ? 0 : packed_damaged(e);
}

static void
take_row(void *ctx, const struct stat_row *r)
{
	top_add(&((struct search *)ctx)->all, r->k1, r->n.failed);
}

static int
group_search(struct search *s, struct packed_group *g, struct err *e)
{
	int64_t term;

	while (packed_term(&g->terms, &term)) {
		if (s->some && term > s->last)
			return 0;
		if (!s->some || top_has(s->to, term))
			top_add(s->to, term, g->n);
	}
	return g->terms.rest.len == 0 ? 0 : packed_damaged(e);
}

static int
take_rest(void *ctx, struct str cells, struct err *e)
{
	struct packed p = { .rest = cells };
	struct packed_group g;
	int64_t first = 0;

	while (packed_group(&p, &g))
		if (!is_often(&g, &first) && group_search(ctx, &g, e) != 0)
			return -1;
	return p.rest.len == 0 ? 0 : packed_damaged(e);
}

int
top_errors(struct db *db, const struct stat_filter *filter,
    const int64_t range[2], struct error_list *out, struct err *e)
{
	struct search s = { .to = &s.all };
	const struct stat_errors often = { take_often, take_row, &s };
	const struct stat_errors rest = { take_rest, NULL, &s };
	struct top some = { 0 };
	int64_t least = 0;
	int rc = stat_each_error(db, filter, range, &often, e);

	out->n = top_best(&s.all, out->rows, countof(out->rows));
	if (out->n == countof(out->rows))
		least = out->rows[out->n - 1].n;
	/* else one that was not seen yet may be among them */
	if (least > s.unread) {
		s.last = top_from(&s.all, least - s.unread, &some);
		s.some = true;
		s.to = &some;
	}
	if (rc == 0 && s.unread > 0) {
		rc = stat_each_error(db, filter, range, &rest, e);
		out->n = top_best(s.to, out->rows, countof(out->rows));
	}
	top_free(&s.all);
	top_free(&some);
	return rc;
}
