/* producer_event.h - table producer_event: which events of producers elsewhere
 * are here already. */
#ifndef STORE_PRODUCER_EVENT_H
#define STORE_PRODUCER_EVENT_H

#include "store/db.h"

/* The seq it was stored under.  1, 0: it is new, -1. */
int producer_event_find(struct db *db, struct str client_id, int64_t *seq,
    struct err *e);
/* Is that event from a producer elsewhere?  1, 0, -1. */
int producer_event_has(struct db *db, int64_t seq, struct err *e);
/* Inside db_begin(). */
int producer_event_insert(struct db *db, struct str client_id, int64_t seq,
    struct err *e);

#endif
