/* patch_log.h - table patch_log and what is kept beside it: the write side. */
#ifndef LEDGER_PATCH_LOG_H
#define LEDGER_PATCH_LOG_H

#include "ledger/term.h"
#include "model/patch_event.h"
#include "store/db.h"

/* patch_log.flags */
#define LOG_HAS_META	1
#define LOG_HAS_FILES	2

/* A row of patch_log: terms. */
struct log_row {
	int64_t flags, type, status, file, op, task, order, requester, reason;
	int64_t error, phase, workspace;
};
/* What becomes of a patch event: a term for each member, and more for several
 * files and the values of meta.  Hand each (with its place in struct log_row;
 * NULL for those that have none) to `term`. */
typedef int log_term(void *ctx, enum term_field field, struct str text,
    int64_t *to, struct err *e);
int log_row_make(const struct patch_event *p, struct log_row *r,
    log_term *term, void *ctx, struct err *e);
/* The named parameters of a statement on patch_log. */
void log_row_bind(struct stmt *s, const struct patch_event *p,
    const struct log_row *r);
struct outcome;
/* What the row says became of the patch; kind OUTCOME_NONE: nothing. */
struct outcome log_row_outcome(const struct patch_event *p,
    const struct log_row *r, bool foreign);

/* Inside db_begin(), after event_store_append() gave p->seq: the row, its
 * terms, the outcome and the sums.  foreign: a producer elsewhere says so,
 * whose ts_check_ok false means failed. */
int patch_log_append(struct db *db, const struct patch_event *p, bool foreign,
    struct err *e);
/* The same of an event that belongs to no patch's log: a phase message. */
int phase_log_append(struct db *db, const struct event *ev, struct err *e);

#endif
