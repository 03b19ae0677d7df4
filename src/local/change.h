/* change.h - one batch on its way into the tree; only inside of local/. */
#ifndef LOCAL_CHANGE_H
#define LOCAL_CHANGE_H

#include "base/clock.h"
#include "local/intent.h"

struct change {
	struct local *l;
	const struct patch_batch *batch;
	struct plan plan;
	struct str batch_id;
	struct clock_start began;
	struct patch_event *events;	/* what will be logged; one per operation */
	struct err why;			/* the first refusal */
};

/* Compute it, and refuse what is about our own folder. */
int change_plan(struct change *c, const struct plan_limits *limits,
    struct err *e);
/* Stage, journal, publish, log.  -1: nothing was done, but for a journal that
 * the next one finishes. */
int change_commit(struct change *c, struct err *e);

#endif
