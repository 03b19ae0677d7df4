/* validate.h - ask a policy's validators about a batch, before any of it can
 * be seen in the workspace.
 *
 * A validator is asked when a changed file matches one of its globs.  It sees
 * the whole tree with the batch applied.  When it fails it is asked about the
 * unchanged tree too, and only what it did not say there counts. */
#ifndef VALIDATE_VALIDATE_H
#define VALIDATE_VALIDATE_H

#include "edit/plan.h"
#include "model/policy.h"
#include "model/verdict.h"
#include "validate/runner.h"

struct validate_request {
	struct runner *runner;		/* NULL: nothing can be started */
	const struct policy *policy;	/* that the runner knows by workspace */
	struct str workspace;
	const struct plan *plan;	/* finished; its tree is locked */
	bool advisory;			/* ask those too */
	/* Each verdict as it is reached; NULL: nobody listens. */
	void (*on_verdict)(void *to, const struct verdict *v);
	void *to;
};

struct validate_report {
	struct verdict *verdicts;	/* in the policy's order; arena */
	size_t n;
};

/* 0 with *out, whatever they say; -1 with ERR_NOT_READY when the runner is
 * gone, ERR_CONFIG when the policy cannot be followed. */
int validate_run(const struct validate_request *q, struct arena *a,
    struct validate_report *out, struct err *e);

/* The first verdict that refuses the batch, or NULL. */
const struct verdict *validate_refusal(const struct validate_report *r);

#endif
