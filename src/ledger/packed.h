/* packed.h - the cells of one bucket in one piece, as table rollup keeps them.
 *
 * Sorted by k1, then k2, without those that count nothing: the same cells are
 * always the same bytes.  Each is five numbers, k1 as what it is more than the
 * one before: 7 bits a byte, the lowest first, and the high bit says that
 * another byte follows (LEB128). */
#ifndef LEDGER_PACKED_H
#define LEDGER_PACKED_H

#include "ledger/rollup.h"

struct packed_cell { int64_t k1, k2; struct counts n; };

struct packed {
	struct str rest;	/* of the text; borrowed */
	int64_t k1;
};

/* false, and the rest stays: it does not begin with a number. */
static inline bool
packed_number(struct packed *p, int64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (unsigned shift = 0; i < p->rest.len && shift < 63; shift += 7) {
		unsigned char c = (unsigned char)p->rest.p[i++];

		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80) {
			*out = (int64_t)v;
			p->rest = str_n(p->rest.p + i, p->rest.len - i);
			return true;
		}
	}
	return false;
}

/* k2 and the counts, when each is one byte, as nearly all are. */
static inline bool
packed_small(struct packed *p, struct packed_cell *out)
{
	const unsigned char *c = (const unsigned char *)p->rest.p;

	if (p->rest.len < 4 || (c[0] | c[1] | c[2] | c[3]) >= 0x80)
		return false;
	out->k2 = c[0];
	out->n = (struct counts){ c[1], c[2], c[3] };
	p->rest.p += 4;
	p->rest.len -= 4;
	return true;
}

/* The next cell; false at the end (rest.len is 0) and where it is damaged. */
static inline bool
packed_next(struct packed *p, struct packed_cell *out)
{
	struct str from = p->rest;
	int64_t more;

	if (!packed_number(p, &more))
		return false;
	if (!packed_small(p, out) && (
	    !packed_number(p, &out->k2) || !packed_number(p, &out->n.ok) ||
	    !packed_number(p, &out->n.failed) ||
	    !packed_number(p, &out->n.reverted))) {
		p->rest = from;
		return false;
	}
	p->k1 += more;
	out->k1 = p->k1;
	return true;
}

void packed_put(struct buf *out, int64_t number);
/* ERR_STORE_FAILED: -1. */
int packed_damaged(struct err *e);

/* What is to be added to a bucket: n cells, sorted, each key once; counts may
 * be negative.  -1 with ERR_STORE_FAILED when the text is damaged, or less than
 * nothing would be left. */
typedef int packed_adder(struct str text, const struct packed_cell *cells,
    size_t n, struct buf *out, struct err *e);
packed_adder packed_add;

/* What a tally has of one bucket of table rollup (key: facet, grain, bucket,
 * requester, workspace): n cells, sorted; -1 with e ends the walk. */
typedef int tally_bucket(void *ctx, const int64_t *key,
    const struct packed_cell *cells, size_t n, struct err *e);
int tally_buckets(const struct tally *t, tally_bucket *take, void *ctx,
    struct err *e);
/* Inside db_begin(): n cells more for a bucket. */
int tally_add(struct db *db, const int64_t *key,
    const struct packed_cell *cells, size_t n, struct err *e);
/* The bucket has these cells; none: it goes. */
int tally_put(struct db *db, const int64_t *key, struct str cells,
    struct err *e);

#endif
