/* top_errors.h - the errors that came most often in a range of time. */
#ifndef LEDGER_TOP_ERRORS_H
#define LEDGER_TOP_ERRORS_H

#include "ledger/stat.h"
#include "ledger/top.h"

#define ERRORS_MAX 20

struct error_list {
	struct top_row rows[ERRORS_MAX];	/* key: the term of it */
	size_t n;
};

/* Inside db_read_begin(): the most first, of equally many the one that was
 * known first; exact. */
int top_errors(struct db *db, const struct stat_filter *filter,
    const int64_t range[2], struct error_list *out, struct err *e);

#endif
