/* report.h - reports on orders: made when there is news, and kept. */
#ifndef GOVERN_REPORT_H
#define GOVERN_REPORT_H

#include "govern/once.h"
#include "model/report.h"

/* The report on an order as it is now: *made tells whether it is a new version;
 * without news it is the newest there is, byte for byte.  A new one is in the
 * stream (report_generated).  ERR_NOT_FOUND when nobody knows the order. */
int govern_report(struct govern *g, struct arena *a, struct str order_id,
    struct report_row *out, bool *made, struct err *e);

struct reports_made {
	int64_t generated;
	int64_t failed;		/* orders whose report could not be made */
	bool complete;		/* no order with news is left */
	int64_t after;		/* where to go on; 0 at first */
};
/* Every order that has news, each in a transaction of its own, for budget_ms
 * (0: as long as it takes); called again with *m it goes on.  tell is called
 * after each; NULL: nobody wants to know. */
int govern_reports_all(struct govern *g, int64_t budget_ms,
    void (*tell)(void *arg, int64_t done, int64_t of, int64_t bytes),
    void *arg, struct reports_made *m, struct err *e);

#endif
