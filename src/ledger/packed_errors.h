/* packed_errors.h - the cells of one bucket of FACET_ERROR and FACET_ERROR_BY.
 *
 * An error is only counted as failed, and most of a day are there once: they
 * stand apart, so that who wants the most frequent need not read them.  First,
 * how many bytes the errors that came more often have, and these: each is what
 * its term is more than the one before, and how often.  Then the terms of the
 * others, which begin from 0 again.  Sorted; numbers as in packed.h. */
#ifndef LEDGER_PACKED_ERRORS_H
#define LEDGER_PACKED_ERRORS_H

#include "ledger/packed.h"

struct packed_errors {
	struct packed often, once;	/* what is not read yet; borrowed */
};

/* false: damaged. */
static inline bool
packed_errors_open(struct str text, struct packed_errors *out)
{
	struct packed head = { .rest = text };
	int64_t bytes;

	if (!packed_number(&head, &bytes) || bytes < 0 ||
	    (uint64_t)bytes > head.rest.len)
		return false;
	text = head.rest;
	out->often = (struct packed){ .rest = { text.p, (size_t)bytes } };
	out->once = (struct packed){ .rest = { text.p + bytes,
	    text.len - (size_t)bytes } };
	return true;
}

/* The next of each; false at the end (rest.len is 0), and where it is
 * damaged. */
static inline bool
packed_often(struct packed *p, int64_t *term, int64_t *n)
{
	struct str from = p->rest;
	int64_t more;

	if (!packed_number(p, &more))
		return false;
	if (!packed_number(p, n)) {
		p->rest = from;
		return false;
	}
	*term = p->k1 += more;
	return true;
}

static inline bool
packed_once(struct packed *p, int64_t *term)
{
	int64_t more;

	if (!packed_number(p, &more))
		return false;
	*term = p->k1 += more;
	return true;
}

packed_adder packed_errors_add;
/* What adds to buckets of that facet. */
packed_adder *packed_adder_of(int64_t facet);

/* Inside db_begin(): write the errors that a database of schema 31 has as they
 * are written now; nothing when it has been done. */
int packed_errors_convert(struct db *db, struct err *e);

#endif
