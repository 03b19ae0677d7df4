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
 * seq begins at 1 and has no gaps. */
#ifndef STORE_EVENT_STORE_H
#define STORE_EVENT_STORE_H

#include "model/event.h"
#include "store/db.h"

/* Append inside db_begin(); sets ev->seq. */
int event_store_append(struct db *db, struct event *ev, struct err *e);
int event_store_head(struct db *db, int64_t *seq, struct err *e);	/* 0: none */
int event_store_oldest(struct db *db, int64_t *seq, struct err *e);	/* 0: none */

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

struct event_verdict { int64_t rows, first_bad; char what[200]; };
/* Walk the chain; 0 and v->first_bad == 0 when it holds.  Else first_bad is the
 * first seq that is missing, altered, or wrongly chained, and what says so. */
int event_store_verify(struct db *db, struct event_verdict *v, struct err *e);

#endif
