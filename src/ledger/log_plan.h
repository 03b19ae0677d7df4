/* log_plan.h - a query of the log in numbers: terms, and bounds of ids. */
#ifndef LEDGER_LOG_PLAN_H
#define LEDGER_LOG_PLAN_H

#include "ledger/term.h"
#include "model/log_query.h"

/* Columns of patch_log that a query may want to be equal to a value. */
#define LOG_EQUALS	8

struct log_plan {
	struct str patch_id, batch_id;	/* STR_NONE: any */
	int64_t equal[LOG_EQUALS];	/* terms; 0: any */
	/* created_at, exactly; -1: open */
	int64_t from_ms, to_ms;
	/* Ids that may match, both ends inclusive; hi < lo: none. */
	int64_t lo, hi;
	bool ascending;
};

/* Rows after snapshot are not seen.  A value that no row has leaves no ids. */
int log_plan_make(struct db *db, const struct log_query *q, int64_t snapshot,
    struct log_plan *out, struct err *e);

/* Statements of that plan, from the arena, with :lo and :hi for a range of ids:
 * its rows (id, flags, file, op, requester, reason, error), how many they are;
 * and, for plans that name a patch or a batch, the id :n events further on. */
struct log_texts {
	struct str rows, count, further;
};
int log_plan_texts(const struct log_plan *p, struct arena *a,
    struct log_texts *out, struct err *e);
/* The statement for that range, bound. */
struct stmt *log_plan_stmt(struct db *db, const struct log_plan *p,
    struct str text, int64_t lo, int64_t hi);
bool log_plan_by_event(const struct log_plan *p);

#endif
