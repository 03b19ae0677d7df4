/* retention.h - old rows are removed, a few at a time.
 *
 * What stays: outcomes and sums (statistics of any age), the newest report of
 * each order, terms.  The chain of events stays verifiable: table event_seal
 * has the hash of the last event that went, which the next one is chained to. */
#ifndef LEDGER_RETENTION_H
#define LEDGER_RETENTION_H

#include "store/db.h"

enum retained {
	RETAIN_LOG,	/* events, the log, messages of factories, batches */
	RETAIN_DIFFS,
	RETAIN_EDITS,	/* versions of files: carrying and reverting need them */
	RETAIN_REPORTS,	/* versions of reports that newer ones replaced */
	RETAIN_OPS,	/* lines of worker and build logs */
	RETAIN__MAX
};
extern const char *const retained_names[RETAIN__MAX];	/* "log" */

/* One run: everything older than cutoff_ms goes.  Events go in whole blocks of
 * POSTING_BLOCK, oldest first, and stop at the first that is younger. */
struct retention {
	enum retained what;
	int64_t cutoff_ms, run_ms;
	int64_t last_seq;	/* of events: none behind it */
};

/* How many rows would go. */
int retention_count(struct db *db, const struct retention *r, int64_t *rows,
    struct err *e);
/* The seqs of the events that would go: *first > *last when none would. */
int retention_span(struct db *db, const struct retention *r, int64_t *first,
    int64_t *last, struct err *e);
/* Inside db_begin(): remove some, the oldest; *rows 0 when there are no more. */
int retention_step(struct db *db, const struct retention *r, int64_t *rows,
    struct err *e);

#endif
