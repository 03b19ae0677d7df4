/* work.h - inside of apply: one batch on its way, and its events. */
#ifndef GOVERN_WORK_H
#define GOVERN_WORK_H

#include "base/clock.h"
#include "edit/plan.h"
#include "govern/apply.h"
#include "govern/check.h"
#include "policy/policy.h"

/* Everything in the request's arena. */
struct work {
	struct govern *g;
	struct arena *a;
	const struct patch_batch *batch;
	const struct apply_request *req;
	struct workspace *ws;
	struct plan plan;
	struct policy policy;
	struct check check;
	struct str batch_id;
	struct patch_event *events;	/* one per operation: its outcome */
	struct idempotency key;
	struct clock_start began;
	struct verb_answer *answer;
};

/* w->events: what all events of each operation have in common. */
void work_describe_asked(struct work *w);
/* What became of each, by the plan and the validators. */
void work_describe_outcomes(struct work *w);

#endif
