/* apply.h - the main verb: a batch becomes files and events, all or nothing. */
#ifndef GOVERN_APPLY_H
#define GOVERN_APPLY_H

#include "edit/plan.h"
#include "govern/once.h"
#include "model/patch_event.h"

/* A batch that is not sent but made, once nobody else writes the workspace: that
 * of a revert.  Its operations are OP_UNDO. */
struct apply_maker {
	void *ctx;
	/* 0 when the batch is filled; 1: *out is the answer instead; -1. */
	int (*make)(void *ctx, struct workspace *ws, struct verb_answer *out,
	    struct err *e);
	/* -1 when the plan found other files than make() did. */
	int (*check)(void *ctx, const struct plan *p, struct err *e);
	/* What operation k takes back. */
	const struct patch_event *(*original)(void *ctx, size_t k);
};

struct apply_request {
	struct verb_request verb;
	const struct apply_maker *maker;	/* NULL: the batch was sent */
	/* Each event once it is durable; NULL: nobody listens. */
	void (*on_event)(void *to, const struct patch_event *p);
	/* Each verdict as soon as it is known; NULL likewise. */
	void (*on_verdict)(void *to, const struct verdict *v);
	void *to;
};

/* 0 with *out, also for batches that are refused: then it is a problem with
 * the results.  -1 when there is nothing to say about single operations (no
 * such workspace, locked too long, no database); nothing has changed then. */
int govern_apply(struct govern *g, struct arena *a,
    const struct patch_batch *batch, const struct apply_request *req,
    struct verb_answer *out, struct err *e);

#endif
