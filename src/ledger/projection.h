/* projection.h - the log made anew from the events, or compared with them. */
#ifndef LEDGER_PROJECTION_H
#define LEDGER_PROJECTION_H

#include "store/db.h"

struct projection_progress {
	void (*tell)(void *ctx, int64_t done, int64_t all);	/* NULL: nobody */
	void *ctx;
};

/* Are the projections complete?  ERR_BUSY, with how far they are, when not:
 * what reads them asks first. */
int projection_ready(struct db *db, struct err *e);

/* Make what is not complete complete, in steps, while others go on writing;
 * after a crash it goes on where it was.  Nothing to do: 0 at once. */
int projection_finish(struct db *db, const struct projection_progress *p,
    struct err *e);
/* Begin from nothing. */
int projection_rebuild(struct db *db, const struct projection_progress *p,
    struct err *e);

#endif
