/* audit.h - are the log and its sums what the events say? */
#ifndef LEDGER_AUDIT_H
#define LEDGER_AUDIT_H

#include "ledger/projection.h"

/* What was found, of each table the first: "patch_log: row 17 is missing". */
struct audit {
	struct str faults[16];	/* arena */
	size_t n;
	int64_t events;		/* that were looked at */
};

/* Compare everything with the events, in one snapshot; outcomes whose events
 * were removed by retention are taken as they are.  -1 only when it could not
 * be done. */
int audit_run(struct db *db, struct arena *a,
    const struct projection_progress *p, struct audit *out, struct err *e);

#endif
