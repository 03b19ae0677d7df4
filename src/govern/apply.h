/* apply.h - the main verb: a batch becomes files and events, all or nothing. */
#ifndef GOVERN_APPLY_H
#define GOVERN_APPLY_H

#include "edit/batch.h"
#include "govern/govern.h"
#include "govern/record.h"

/* Who asks, and how to answer the same request again. */
struct apply_request {
	struct str token_id;
	struct str idempotency_key;	/* STR_NONE: none was sent */
	struct str request_id;
	struct str body;		/* as sent; its hash belongs to the key */
	const char *route;
	/* Each event once it is durable; NULL: nobody listens.  out is the
	 * answer's status so far (200). */
	void (*on_event)(void *to, const struct patch_event *p);
	void *to;
};

struct apply_answer {
	int status;			/* HTTP */
	struct str content_type, body;	/* in the arena */
	bool replayed;			/* of an earlier, equal request */
};

/* 0 with *out, also for batches that are refused: then it is a problem with
 * the results.  -1 when there is nothing to say about single operations (no
 * such workspace, locked too long, no database); nothing has changed then. */
int govern_apply(struct govern *g, struct arena *a,
    const struct patch_batch *batch, const struct apply_request *req,
    struct apply_answer *out, struct err *e);

#endif
