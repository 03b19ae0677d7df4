/* stat.h - sums of outcomes over any range of time, exact to the millisecond.
 *
 * A range is cut into what is kept for it: spans of 32 days in the middle, days
 * and quarters of an hour around them, and the rows themselves at both edges.
 * What that costs depends on the edges and on how many cells there are, not on
 * how many patches the range has. */
#ifndef LEDGER_STAT_H
#define LEDGER_STAT_H
#include "ledger/rollup.h"

/* Terms; 0: any, -1: one that nothing has. */
struct stat_filter { int64_t requester, workspace; };

/* What one row of a facet has: some time within it, its keys (a filter, or a
 * facet told apart, has a requester as well), its counts. */
struct stat_row {
	int64_t ms, requester, k1, k2;
	struct counts n;
};

/* A part of a range that one statement can sum. */
struct stat_piece {
	int grain;		/* enum grain; GRAIN__MAX: the rows themselves */
	int64_t from, to;	/* ms */
};

/* Take one piece; -1 with e ends it all. */
typedef int stat_take(void *ctx, const struct stat_piece *p, struct err *e);

/* Cut bounds[0] <= t < bounds[n], so that no piece crosses one of the n + 1
 * bounds.  Neighbours of one grain come as one piece.  grains: bits of those
 * that may be used. */
int stat_cut(const int64_t *bounds, size_t n, unsigned grains,
    stat_take *take, void *ctx, struct err *e);

/* Inside db_read_begin(): hand each row of a facet within the bounds to `row`,
 * in no order.  The facet told apart is used when the filter needs it or
 * `apart` says so.  Not for FACET_ERROR. */
int stat_each(struct db *db, enum facet f, bool apart,
    const struct stat_filter *filter, const int64_t *bounds, size_t n,
    void (*row)(void *ctx, const struct stat_row *r), void *ctx,
    struct err *e);

/* FACET_ERROR in a range: buckets are handed on as they are packed. */
struct stat_errors {
	int (*bucket)(void *ctx, struct str cells, struct err *e);
	void (*row)(void *ctx, const struct stat_row *r);	/* NULL: none */
	void *ctx;
};
int stat_each_error(struct db *db, const struct stat_filter *filter,
    const int64_t range[2], const struct stat_errors *take, struct err *e);

#endif
