/* event_store.h - table event: the stream, the audit chain and the outbox.
 *
 * The chain, for those who verify it with other means:
 *   hash(0) = SHA-256("patchwarden:" epoch), kept in hexadecimal as property
 *             "genesis", where it stays when the epoch changes;
 *   hash(n) = SHA-256(hash(n-1) row(n)), 32 bytes in column hash;
 *   row(n)  = the columns seq type ts_ms payload batch_id patch_id order_id
 *             task_id requester workspace file op, in this order, each as
 *             its length in bytes, ':', its bytes, ','; integers in decimal;
 *             NULL as "-,".  The row of seq 7 begins "1:7,13:patch_applied,".
 * seq begins at 1 and has no gaps.  The oldest rows may have been sealed
 * (event_seal.h): the chain then goes on from the hash in the newest seal.
 * chain.h looks at it as a whole. */
#ifndef STORE_EVENT_STORE_H
#define STORE_EVENT_STORE_H

#include "base/hash.h"
#include "model/event.h"
#include "store/db.h"

/* Append inside db_begin(); sets ev->seq. */
int event_store_append(struct db *db, struct event *ev, struct err *e);
/* The last one, also when it was sealed since; 0: there was none. */
int event_store_head(struct db *db, int64_t *seq, struct err *e);
/* The first that is still there; 0: none is. */
int event_store_oldest(struct db *db, int64_t *seq, struct err *e);
/* The highest seq ever given, which the last row need not have any more. */
int event_store_given(struct db *db, int64_t *seq, struct err *e);
/* What the first event of all was chained to. */
int event_store_genesis(struct db *db, struct sha256 *out, struct err *e);

/* Rows with seq > since, oldest first, at most max; strings from the arena.
 * *n rows in *out (arena). */
int event_store_since(struct db *db, struct arena *a, int64_t since, size_t max,
    struct event **out, size_t *n, struct err *e);
/* 1 and *out (strings from the arena), 0 when there is none, -1. */
int event_store_get(struct db *db, struct arena *a, int64_t seq,
    struct event *out, struct err *e);
/* All of one patch, oldest first. */
int event_store_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct event **out, size_t *n, struct err *e);
/* Outcome events (all but patch_requested) of one batch, in order. */
int event_store_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct event **out, size_t *n, struct err *e);

#endif
