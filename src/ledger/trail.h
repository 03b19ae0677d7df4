/* trail.h - the chain of custody: what factories told of an order, and what
 * happened to its patches, in one line. */
#ifndef LEDGER_TRAIL_H
#define LEDGER_TRAIL_H

#include "model/event.h"
#include "store/db.h"

/* The events of an order behind seq `after`, oldest first, at most max; strings
 * from the arena.  *more tells whether there are others. */
int trail_of_order(struct db *db, struct arena *a, struct str order_id,
    int64_t after, size_t max, struct event **out, size_t *n, bool *more,
    struct err *e);

#endif
