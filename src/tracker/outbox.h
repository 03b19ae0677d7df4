/* outbox.h - table github_outbox: what is to be said to GitHub, once.
 *
 * A row is written in the transaction that makes it necessary; `once` keeps a
 * second one of its kind away.  States:
 *
 *	waiting ─ sent ─ done	said, and GitHub has answered
 *	          sent ─ unsure	it may have arrived: it is looked for before it
 *				is waiting again
 *	          dead		GitHub will never take it
 *
 * "sent" is written before the request leaves.  Whoever finds one while it
 * holds the lock of senders knows that its sender has died: it is unsure. */
#ifndef TRACKER_OUTBOX_H
#define TRACKER_OUTBOX_H

#include "store/db.h"

enum outbox_kind { OUTBOX_CREATE, OUTBOX_COMMENT, OUTBOX_UPDATE, OUTBOX_KIND__MAX };
enum outbox_state {
	OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_UNSURE, OUTBOX_DONE, OUTBOX_DEAD,
	OUTBOX_STATE__MAX
};

struct outbox_row {
	int64_t id;
	int kind, state;
	int64_t issue_id;
	struct str target;	/* "owner/name" */
	struct str once;
	struct str body;	/* JSON, as the sender reads it */
	int64_t tries;
	int64_t looked;		/* times it was looked for and not found */
	int64_t next_ms;	/* not before */
	struct str error;
};

/* Inside db_begin(): 1; 0 when a row with that `once` is there. */
int outbox_add(struct db *db, const struct outbox_row *r, struct err *e);
/* Is there one with that `once`, whatever became of it?  1, 0, -1. */
int outbox_known(struct db *db, struct str once, struct err *e);
/* The oldest open row that is due by now: 1, 0, -1; strings from the arena.
 * Rows of one issue leave in order: one behind an open one is not due.
 * *next_ms (may be NULL): when the next would be; -1: none is open. */
int outbox_due(struct db *db, struct arena *a, int64_t now_ms,
    struct outbox_row *out, int64_t *next_ms, struct err *e);
/* Inside db_begin(): state, tries, looked, next_ms and error as they are in r. */
int outbox_put(struct db *db, const struct outbox_row *r, struct err *e);
/* Inside db_begin(): those that were on their way have no sender any more. */
int outbox_orphans(struct db *db, struct err *e);
/* Those that are open, the first to be due first; at most max. */
int outbox_waiting(struct db *db, struct arena *a, size_t max,
    struct outbox_row **out, size_t *n, struct err *e);
/* What is still to be said. */
int outbox_open(struct db *db, int64_t *n, struct err *e);

#endif
