/* patch_event_store.h - table patch_events: the log of patches. */
#ifndef STORE_PATCH_EVENT_STORE_H
#define STORE_PATCH_EVENT_STORE_H

#include "model/log_query.h"
#include "model/patch_event.h"
#include "store/db.h"

/* Inside db_begin(), after event_store_append() gave p->seq.  current_* are
 * for the one who asked and are not kept. */
int patch_event_insert(struct db *db, const struct patch_event *p,
    struct err *e);

/* One page of the log, strings from the arena.  Everything set in q must
 * match.  q->file is looked for in the path; q->search in path, op, requester,
 * reason, error and the text and number values of meta.  Both are taken
 * literally (% and _ are plain characters); ASCII letters match in either
 * case, all others exactly.  Rows come in the order they were stored, the
 * newest first unless q->ascending; rows stored after out->snapshot_seq are
 * not seen, so that pages neither repeat nor skip. */
int patch_event_query(struct db *db, struct arena *a,
    const struct log_query *q, struct log_page *out, struct err *e);

/* All rows of one patch, or of one batch, oldest first. */
int patch_event_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct patch_event **out, size_t *n, struct err *e);
int patch_event_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e);

#endif
