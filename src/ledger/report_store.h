/* report_store.h - table delivery_reports: each version of each order's report.
 *
 * A version is never changed.  Whoever makes one looks for it first
 * (report_store_find) and inserts it in the same transaction, so that no news
 * means no row, however many ask at a time.
 *
 * Rows come with strings from the arena, as_of.ts_ms -1; those that were made
 * before reports had versions have as_of.seq 0 and neither hash nor epoch.
 * Functions that look for one return 1, 0 when there is none, -1. */
#ifndef LEDGER_REPORT_STORE_H
#define LEDGER_REPORT_STORE_H

#include "model/report.h"
#include "store/db.h"

/* Inside db_begin(): r->id is set, all else is kept as it is.  ERR_INTERNAL
 * when as_of.hash is no hash, or the order has that version already. */
int report_store_insert(struct db *db, struct report_row *r, struct err *e);

/* The version that tells of the same events: that place in the stream, with
 * that hash of the chain.  The epoch has no say: a database that was restored
 * has the same history up to there. */
int report_store_find(struct db *db, struct arena *a, struct str order_id,
    const struct report_position *as_of, struct report_row *out,
    struct err *e);
int report_store_newest(struct db *db, struct arena *a, struct str order_id,
    struct report_row *out, struct err *e);
int report_store_get(struct db *db, struct arena *a, struct str order_id,
    int64_t version, struct report_row *out, struct err *e);

/* The newest version of each order, the last made first; with id below
 * before_id (0: all), at most max.  An order that got a new version moves to the
 * front, and is there once. */
int report_store_recent(struct db *db, struct arena *a, int64_t before_id,
    size_t max, struct report_row **out, size_t *n, struct err *e);
/* The versions of one order, the newest first; below version before (0: all),
 * at most max. */
int report_store_versions(struct db *db, struct arena *a, struct str order_id,
    int64_t before, size_t max, struct report_row **out, size_t *n,
    struct err *e);

#endif
