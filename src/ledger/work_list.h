/* work_list.h - the orders or tasks that had outcomes in a range of time. */
#ifndef LEDGER_WORK_LIST_H
#define LEDGER_WORK_LIST_H

#include "ledger/stat.h"

struct work_row {
	int64_t term;
	int64_t active_ms;	/* no outcome of its life is later: the order */
	struct counts n;	/* within the range; ok and failed */
	int64_t first_ms, last_ms;	/* of those that are counted */
};

/* At most max (arena) of those behind (after_ms, after_term) in the list,
 * those with the latest activity first; INT64_MAX begins it.  Inside
 * db_read_begin(). */
int work_list(struct db *db, struct arena *a, enum term_field field,
    const int64_t range[2], int64_t after_ms, int64_t after_term, size_t max,
    struct work_row **out, size_t *n, struct err *e);

#endif
