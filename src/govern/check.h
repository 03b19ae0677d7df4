/* check.h - what the validators of a workspace have to say in a batch. */
#ifndef GOVERN_CHECK_H
#define GOVERN_CHECK_H

#include "edit/plan.h"
#include "govern/govern.h"
#include "model/patch_event.h"
#include "validate/validate.h"

struct check {
	struct govern *g;
	struct arena *a;
	const struct policy *policy;
	const struct patch_batch *batch;
	struct plan *plan;		/* finished */
	/* Each verdict as it is reached; NULL: nobody listens. */
	void (*on_verdict)(void *to, const struct verdict *v);
	void *to;
	struct validate_report report;	/* out */
};

/* Ask them.  When a required one objects, all operations of the plan are
 * refused or not applied: it judges the tree that the whole batch makes, so an
 * atomic batch and any other are alike here.  -1 when they could not be asked;
 * nothing is decided then. */
int check_batch(struct check *c, struct err *e);

/* What they say of operation k, an enum tri: false when one found faults in a
 * file of it or took too long, true when all that ran are content, null when
 * none ran. */
int check_ok(const struct check *c, size_t k);
/* Fill *out, which is a copy of the operation's event, as patch_validated;
 * false when no file of it was looked at. */
bool check_event(const struct check *c, size_t k, struct patch_event *out);

#endif
