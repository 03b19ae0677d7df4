#include "ledger/packed_errors.h"

/* Migration 032 gave the buckets as they were before facets of their own. */
#define FACET_BEFORE	100

/* Both parts as one, in the order of the terms. */
struct merged {
	struct packed_errors from;
	int64_t often, n, once;		/* the next of each */
	bool has_often, has_once;
	int64_t k1, count;		/* what was read */
};

static bool
merged_open(struct merged *m, struct str text)
{
	*m = (struct merged){ 0 };
	if (text.len == 0)
		return true;
	if (!packed_errors_open(text, &m->from))
		return false;
	m->has_often = packed_often(&m->from.often, &m->often, &m->n);
	m->has_once = packed_once(&m->from.once, &m->once);
	return true;
}

static bool
merged_next(struct merged *m)
{
	if (m->has_often && (!m->has_once || m->often < m->once)) {
		m->k1 = m->often;
		m->count = m->n;
		m->has_often = packed_often(&m->from.often, &m->often, &m->n);
		return true;
	}
	if (!m->has_once)
		return false;
	m->k1 = m->once;
	m->count = 1;
	m->has_once = packed_once(&m->from.once, &m->once);
	return true;
}

static bool
merged_whole(const struct merged *m)
{
	return !m->from.often.rest.len && !m->from.once.rest.len;
}

/* What is written of both. */
struct parts {
	struct buf often, once;
	int64_t last_often, last_once;
};
#define PARTS { .often = BUF_INIT(BUCKET_MAX_BYTES), \
	.once = BUF_INIT(BUCKET_MAX_BYTES) }

/* false: less than nothing, or what no error has. */
static bool
parts_put(struct parts *p, int64_t k1, const struct counts *n)
{
	if (n->failed < 0 || n->ok || n->reverted)
		return false;
	if (n->failed == 1) {
		packed_put(&p->once, k1 - p->last_once);
		p->last_once = k1;
	}
	if (n->failed > 1) {
		packed_put(&p->often, k1 - p->last_often);
		packed_put(&p->often, n->failed);
		p->last_often = k1;
	}
	return true;
}

static bool
merge(struct merged *m, const struct packed_cell *cells, size_t n,
    struct parts *p)
{
	bool have = merged_next(m), fits = true;
	size_t i = 0;

	while (fits && (have || i < n)) {
		bool old = have && (i == n || m->k1 <= cells[i].k1);
		bool more = i < n && (!old || m->k1 == cells[i].k1);
		int64_t k1 = old ? m->k1 : cells[i].k1;
		struct counts sum = more ? cells[i].n : (struct counts){ 0 };

		sum.failed += old ? m->count : 0;
		fits = parts_put(p, k1, &sum);
		i += more;
		if (old)
			have = merged_next(m);
	}
	return fits && merged_whole(m);
}

/* What was put, when all was good. */
static int
parts_end(struct parts *p, bool good, struct buf *out, struct err *e)
{
	if (good && (p->often.len || p->once.len)) {
		packed_put(out, (int64_t)p->often.len);
		buf_add(out, buf_str(&p->often));
		buf_add(out, buf_str(&p->once));
	}
	out->full |= p->often.full || p->once.full;
	buf_free(&p->often);
	buf_free(&p->once);
	return good ? buf_check(out, "the sums of a bucket", e) :
	    packed_damaged(e);
}

int
packed_errors_add(struct str text, const struct packed_cell *cells, size_t n,
    struct buf *out, struct err *e)
{
	struct parts p = PARTS;
	struct merged m;
	bool good = merged_open(&m, text) && merge(&m, cells, n, &p);

	return parts_end(&p, good, out, e);
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
	struct packed old = { .rest = text };
	struct parts p = PARTS;
	struct packed_cell c;
	bool good = true;

	while (good && packed_next(&old, &c))
		good = parts_put(&p, c.k1, &c.n);
	good &= old.rest.len == 0;
	return parts_end(&p, good, out, e);
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
