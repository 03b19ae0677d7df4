/* log_query.h - the log of patches, read. */
#ifndef LEDGER_LOG_QUERY_H
#define LEDGER_LOG_QUERY_H

#include "model/log_query.h"
#include "model/patch_event.h"
#include "store/db.h"

/* One page of the log, strings from the arena.  Everything set in q must
 * match.  q->file is looked for in the path; q->search in path, op, requester,
 * reason, error and the text and number values of meta.  Both are taken
 * literally (% and _ are plain characters); ASCII letters match in either
 * case, all others exactly.  Rows come in the order they were stored, the
 * newest first unless q->order is LOG_ASC; rows stored after
 * out->snapshot_seq are not seen, so that pages neither repeat nor skip.  When
 * the time for a page is over it is cut: it has what was found so far, and the
 * next one goes on behind all that was looked at. */
int log_query_page(struct db *db, struct arena *a, const struct log_query *q,
    struct log_page *out, struct err *e);

/* The highest id that there is: what a walk of pages does not see beyond. */
int log_snapshot(struct db *db, int64_t *seq, struct err *e);
/* The lowest; INT64_MAX: there is none. */
int log_oldest(struct db *db, int64_t *seq, struct err *e);
/* Row id, its payload from the arena: 1; 0 when retention has removed it; -1. */
int log_entry_read(struct db *db, struct arena *a, int64_t id,
    struct log_entry *out, struct err *e);

/* All rows of one patch, or of one batch, oldest first. */
int log_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct patch_event **out, size_t *n, struct err *e);
int log_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e);

#endif
