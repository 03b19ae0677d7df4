/* order_facts.h - all that is known of one order, for its report. */
#ifndef LEDGER_ORDER_FACTS_H
#define LEDGER_ORDER_FACTS_H

#include "report/report_build.h"
#include "store/db.h"

/* Inside a transaction: the position of an order's last event, 1; 0 when
 * nobody knows the order; -1.  hash is STR_NONE when retention has removed that
 * event. */
int order_position(struct db *db, struct arena *a, struct str order_id,
    struct report_position *out, struct err *e);

/* Everything else of *out, whose order_id and as_of are set: strings from the
 * arena.  ERR_LIMIT_EXCEEDED when the order has too many patches. */
int order_facts(struct db *db, struct arena *a, struct report_facts *out,
    struct err *e);

/* Orders that have events their newest report does not know, by their terms:
 * at most max, with terms above *after, which moves on. */
int orders_with_news(struct db *db, struct arena *a, int64_t *after,
    size_t max, struct str **out, size_t *n, struct err *e);

#endif
