/* trends.h - the answer of GET /api/patches/trends. */
#ifndef LEDGER_TRENDS_H
#define LEDGER_TRENDS_H

#include "model/stat_query.h"
#include "store/db.h"

/* The whole answer into out, as stats_answer().  *next is the cursor of the
 * next page, STR_NONE when there is none. */
int trends_answer(struct db *db, struct arena *a, const struct trend_query *t,
    struct buf *out, struct str *next, struct err *e);

#endif
