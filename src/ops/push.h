/* push.h - a body of log lines that somebody sends, or that a file has. */
#ifndef OPS_PUSH_H
#define OPS_PUSH_H

#include "logs/intake.h"
#include "model/log_push.h"
#include "ops/ingest.h"

struct push {
	struct str body;
	struct str content_type;	/* as sent; may be STR_NONE */
	const struct log_push *known;
	/* Out. */
	struct intake_result result;
	struct scan_totals totals;
};

/* Lines that are good are taken, whatever stands beside them: who pushes would
 * else send the same body again and again.  -1 when there is no good line but
 * bad ones (all of their faults), or the body cannot be read at all; what was
 * committed before stays, and will be known again. */
int ops_push(struct ops *o, struct arena *a, struct push *p, struct err *e);

#endif
