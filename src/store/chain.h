/* chain.h - the hash chain over table event, looked at as a whole.
 *
 * Each row needs of the row before nothing but the hash that is kept with it,
 * so pieces of the table are checked at the same time, by threads that have a
 * connection each.  The form of the chain is in event_store.h. */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include "store/db.h"
#include "store/event_row.h"

/* How far it is, told now and then. */
struct chain_progress {
	void (*tell)(void *arg, int64_t rows, int64_t of, int64_t bytes);
	void *arg;
};

struct chain_verdict {
	int64_t rows;		/* that hold, before the first bad one */
	int64_t bytes;		/* of them, as they are hashed */
	int64_t sealed;		/* events that are gone, behind a seal */
	int64_t first_bad;	/* 0: the chain holds */
	char what[200];		/* is wrong with it */
};
/* Walk the chain from the newest seal (or genesis) to the highest seq that was
 * given when it began; 0 also when it does not hold: v tells the first seq that
 * is missing, altered or wrongly chained.
 * threads 0: one for each processor.  Inside a transaction of db it is walked
 * by db alone, in what that sees.  p may be NULL. */
int chain_verify(struct db *db, unsigned threads,
    const struct chain_progress *p, struct chain_verdict *v, struct err *e);

/* Where a piece of the chain begins and ends. */
struct chain_span {
	int64_t first, last;			/* last < first: no rows */
	struct sha256 before, last_hash;
};
/* Give each row of from..to to `row`, in order, after it was checked; row's
 * texts are valid until it returns, and -1 from it ends the walk.  Inside of
 * db_read_begin().  from 0: the oldest; to 0: the newest.
 * ERR_NOT_FOUND when the table does not have them; ERR_CHAIN_BROKEN. */
int chain_read(struct db *db, int64_t from, int64_t to,
    int (*row)(void *arg, const struct event_row *r, struct err *e), void *arg,
    struct chain_span *out, struct err *e);
/* The hash that the chain has at seq, from its row, its seal, or genesis (0):
 * 1; 0 when it is not kept any more, or not yet. */
int chain_hash(struct db *db, int64_t seq, struct sha256 *out, struct err *e);
/* The first and last seq that the table has; first > last when it is empty. */
int chain_bounds(struct db *db, int64_t *first, int64_t *last, struct err *e);

#endif
