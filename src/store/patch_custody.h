/* patch_custody.h - table patch_custody: what factories told about their work
 * on an order, a task or a patch. */
#ifndef STORE_PATCH_CUSTODY_H
#define STORE_PATCH_CUSTODY_H

#include "model/event.h"
#include "store/db.h"

/* Inside db_begin(), after event_store_append(): id, type, time and the ids
 * are ev's.  factory and message may be STR_NONE. */
int patch_custody_insert(struct db *db, const struct event *ev,
    struct str factory, struct str message, struct err *e);

#endif
