/* stats.h - the answer of GET /api/patches/stats. */
#ifndef LEDGER_STATS_H
#define LEDGER_STATS_H

#include "ledger/stat.h"
#include "model/stat_query.h"

/* The whole answer, {"ok":true,…}, into out.  q's range is filled in already.
 * ERR_BUSY while the log is made anew, or when it takes too long;
 * ERR_BAD_QUERY for a zone that nobody knows. */
int stats_answer(struct db *db, struct arena *a, const struct stat_query *q,
    struct buf *out, struct err *e);

/* The terms of a query's filters. */
int stat_filter_of(struct db *db, const struct stat_query *q,
    struct stat_filter *out, struct err *e);

#endif
