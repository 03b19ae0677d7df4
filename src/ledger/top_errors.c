/* Most errors of a day came once, and of those nearly all are of no interest:
 * one that is among the first came often on some days.  So first only the
 * errors that came more often in a bucket are counted; no error is there more
 * than one time more for each bucket.  Whatever can be among the first by that
 * is looked for in the rest, which is sorted, so that what is known for long -
 * as the most frequent are - is found near its begin. */
#include "ledger/top_errors.h"

#include "ledger/packed_errors.h"

struct search {
	struct top all;		/* without what is in `once' */
	struct buf once;	/* of each bucket: how many bytes, these */
	int64_t buckets;	/* in there */
};

static int
take_bucket(void *ctx, struct str cells, struct err *e)
{
	struct search *s = ctx;
	struct packed_errors p;
	int64_t term, n;

	if (!packed_errors_open(cells, &p))
		return packed_damaged(e);
	while (packed_often(&p.often, &term, &n))
		top_add(&s->all, term, n);
	if (p.once.rest.len) {
		packed_put(&s->once, (int64_t)p.once.rest.len);
		buf_add(&s->once, p.once.rest);
		s->buckets++;
	}
	return p.often.rest.len == 0 ? 0 : packed_damaged(e);
}

static void
take_row(void *ctx, const struct stat_row *r)
{
	top_add(&((struct search *)ctx)->all, r->k1, r->n.failed);
}

/* Add what came once in a bucket: all of it (last 0), or what `to' has, up to
 * its last key. */
static int
bucket_add(struct str once, struct top *to, int64_t last, struct err *e)
{
	struct packed p = { .rest = once };
	int64_t term;

	while (packed_once(&p, &term)) {
		if (last && term > last)
			return 0;
		if (!last || top_has(to, term))
			top_add(to, term, 1);
	}
	return p.rest.len == 0 ? 0 : packed_damaged(e);
}

static int
rest_add(const struct search *s, struct top *to, int64_t last, struct err *e)
{
	struct packed p = { .rest = buf_str(&s->once) };
	int64_t len;

	while (packed_number(&p, &len)) {
		if (bucket_add(str_n(p.rest.p, (size_t)len), to, last, e) != 0)
			return -1;
		p.rest.p += len;
		p.rest.len -= (size_t)len;
	}
	return 0;
}

static int
search_end(struct search *s, struct error_list *out, struct err *e)
{
	struct top some = { 0 };
	int64_t last, least;
	int rc;

	out->n = top_best(&s->all, out->rows, countof(out->rows));
	least = out->n < countof(out->rows) ? 0 : out->rows[out->n - 1].n;
	/* may one that is nowhere more than once be among them? */
	if (least <= s->buckets) {
		rc = rest_add(s, &s->all, 0, e);
		out->n = top_best(&s->all, out->rows, countof(out->rows));
		return rc;
	}
	last = top_from(&s->all, least - s->buckets, &some);
	rc = rest_add(s, &some, last, e);
	out->n = top_best(&some, out->rows, countof(out->rows));
	top_free(&some);
	return rc;
}

int
top_errors(struct db *db, const struct stat_filter *filter,
    const int64_t range[2], struct error_list *out, struct err *e)
{
	struct search s = { .once = BUF_INIT(SIZE_MAX) };
	const struct stat_errors take = { take_bucket, take_row, &s };
	int rc = stat_each_error(db, filter, range, &take, e);

	if (rc == 0)
		rc = search_end(&s, out, e);
	top_free(&s.all);
	buf_free(&s.once);
	return rc;
}
