/* policy.h - judge a batch by the policy of its workspace.
 *
 * A verdict names its rule first (policy rule deny[2] "secrets/…": …).  All
 * rules look at all operations, so that one answer tells everything: of one
 * operation the first verdict is its error, the others are behind err.next.
 * What each rule means is in patchwarden.policy(5). */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "edit/plan.h"
#include "model/config.h"
#include "model/policy.h"

/* The policy of a workspace, read anew each time, so that an operator's edit
 * is in force at once (it costs less than one of the syncs of a batch).  1 and
 * *out; 0 when the workspace has none; -1 with ERR_NOT_READY when it has one
 * that cannot be used: then nothing may be written, and the log says why. */
int policy_of(const struct config *cfg, struct arena *a, struct str workspace,
    struct policy *out, struct err *e);
/* All of them; e names the file and the place in it. */
int policies_ready(const struct config *cfg, struct arena *a, struct err *e);
/* One file; -1 with ERR_CONFIG, at = the file and the place in it. */
int policy_load(const char *file, struct arena *a, struct policy *out,
    struct err *e);

/* May no batch edit this file, whatever else holds? */
bool policy_denies(const struct policy *p, struct str path);

struct policy_case {
	const struct policy *policy;
	const struct patch_batch *batch;
	struct plan *plan;		/* between plan_make and plan_finish */
	struct workspace *ws;		/* where tasks.json is read */
	const struct plan_versions *versions;	/* NULL: none is known */
	/* Filled by policy_judge(). */
	bool *judged;			/* per operation: refused by it */
	int round;
};

/* Refuse, by plan_refuse(), each operation that a rule forbids: 1 when there is
 * one, else 0.  In a batch that is not atomic, what is refused makes others
 * possible, or another thing: after 1 and plan_finish() the plan is to be
 * judged again, with the same case.  -1 with e only when nothing can be said:
 * tasks.json or the recorded versions cannot be read. */
int policy_judge(struct policy_case *c, struct arena *a, struct err *e);
/* Judge and plan_finish(), as often as it takes: 0, or -1 with e. */
int policy_settle(struct policy_case *c, struct arena *a, struct err *e);

#endif
