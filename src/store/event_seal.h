/* event_seal.h - table event_seal: what was taken off the old end of the chain.
 *
 * Whoever deletes the oldest events leaves a seal in the same transaction; the
 * chain then begins at the newest seal, where it once began at genesis. */
#ifndef STORE_EVENT_SEAL_H
#define STORE_EVENT_SEAL_H

#include "base/hash.h"
#include "store/db.h"

struct event_seal {
	int64_t first_seq, last_seq, rows, sealed_ms;
	struct sha256 last_hash;	/* of event last_seq */
};

/* Inside db_begin().  ERR_INTERNAL when it does not begin where the newest one
 * ends (at 1, for the first) or its numbers do not agree. */
int event_seal_insert(struct db *db, const struct event_seal *s,
    struct err *e);
/* 1 and *out, 0 when nothing was sealed, -1. */
int event_seal_newest(struct db *db, struct event_seal *out, struct err *e);
/* The one that ends in seq: 1, 0, -1. */
int event_seal_at(struct db *db, int64_t seq, struct event_seal *out,
    struct err *e);
/* How many events were sealed, and the first seq that some seal should begin
 * with and none does; 0: they fit together. */
int event_seal_check(struct db *db, int64_t *rows, int64_t *bad,
    struct err *e);

#endif
