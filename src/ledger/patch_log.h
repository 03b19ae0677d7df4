/* patch_log.h - table patch_log and what is kept beside it: the write side. */
#ifndef LEDGER_PATCH_LOG_H
#define LEDGER_PATCH_LOG_H

#include "model/patch_event.h"
#include "store/db.h"

/* patch_log.flags */
#define LOG_HAS_META	1
#define LOG_HAS_FILES	2

/* Inside db_begin(), after event_store_append() gave p->seq: the row, its
 * terms, the outcome and the sums.  foreign: a producer elsewhere says so,
 * whose ts_check_ok false means failed. */
int patch_log_append(struct db *db, const struct patch_event *p, bool foreign,
    struct err *e);
/* The same of an event that belongs to no patch's log: a phase message. */
int phase_log_append(struct db *db, const struct event *ev, struct err *e);

#endif
