/* packed_errors.h - the cells of one bucket of FACET_ERROR and FACET_ERROR_BY.
 *
 * An error is only counted as failed, and most of a day are there once or
 * twice.  So they are in groups, of those that came equally often, the most
 * often first: who wants the most frequent need not read them all.  A group is
 * how often, how many bytes follow, and its terms, sorted, each as what it is
 * more than the one before.  Numbers are as in packed.h. */
#ifndef LEDGER_PACKED_ERRORS_H
#define LEDGER_PACKED_ERRORS_H

#include "ledger/packed.h"

struct packed_group {
	int64_t n;		/* how often each of them was there */
	struct packed terms;	/* not read yet; borrowed */
};

/* The next group of a bucket; false at the end (rest.len is 0) and where it is
 * damaged. */
static inline bool
packed_group(struct packed *p, struct packed_group *out)
{
	struct packed head = *p;
	int64_t bytes;

	if (!packed_number(&head, &out->n) || !packed_number(&head, &bytes) ||
	    out->n <= 0 || bytes < 0 || (uint64_t)bytes > head.rest.len)
		return false;
	out->terms = (struct packed){ .rest = { head.rest.p, (size_t)bytes } };
	p->rest = str_n(head.rest.p + bytes, head.rest.len - (size_t)bytes);
	return true;
}

/* The next of a group; false at the end and where it is damaged. */
static inline bool
packed_term(struct packed *p, int64_t *term)
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
