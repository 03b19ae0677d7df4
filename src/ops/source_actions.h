/* source_actions.h - what the jobs of one failed run logged.  Only inside of
 * ops/. */
#ifndef OPS_SOURCE_ACTIONS_H
#define OPS_SOURCE_ACTIONS_H

#include "ops/read.h"

struct actions_run {
	struct source_run *r;
	struct github *gh;
	struct line_sink *to;
	struct arena *a;		/* of this run */
	struct str repo;
	const struct github_run *run;
};

/* -1 when GitHub did not answer; what it does not have any more is noted. */
int actions_run_read(struct actions_run *g, struct err *e);

#endif
