/* event_store.h - table event: the stream, the audit chain and the outbox. */
#ifndef STORE_EVENT_STORE_H
#define STORE_EVENT_STORE_H

#include "model/event.h"
#include "store/db.h"

/* Append inside db_begin(); sets ev->seq.  Chains the row's SHA-256 to the
 * row before it. */
int event_store_append(struct db *db, struct event *ev, struct err *e);
int event_store_head(struct db *db, int64_t *seq, struct err *e);	/* 0: none */
int event_store_oldest(struct db *db, int64_t *seq, struct err *e);	/* 0: none */

/* Rows with seq > since, oldest first, at most max; strings from the arena.
 * *n rows in *out (arena). */
int event_store_since(struct db *db, struct arena *a, int64_t since, size_t max,
    struct event **out, size_t *n, struct err *e);
/* All of one patch, oldest first. */
int event_store_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct event **out, size_t *n, struct err *e);
/* Outcome events (all but patch_requested) of one batch, in order. */
int event_store_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct event **out, size_t *n, struct err *e);

struct event_verdict { int64_t rows, first_bad; char what[200]; };
/* Walk the chain; 0 and v->first_bad == 0 when it holds. */
int event_store_verify(struct db *db, struct event_verdict *v, struct err *e);

#endif
