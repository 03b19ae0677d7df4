/* queue.h - events for the orchestrator (queue.jsonl), oldest first.
 *
 * What happened is put there under the lock of the tree and taken out when it
 * was delivered: at least once, in order.  What an orchestrator refuses for
 * good goes to refused.jsonl, so that the rest can follow. */
#ifndef LOCAL_QUEUE_H
#define LOCAL_QUEUE_H

#include "local/local.h"

/* Those of the events that tell of a change of the tree. */
int queue_put(struct local *l, const struct patch_event *p, size_t n,
    struct err *e);

struct queue_result {
	size_t sent, left, refused;
	struct err why;		/* of what was left or refused */
	int64_t retry_after_s;	/* -1: not said */
};

/* Where the orchestrator is: ORCHESTRATOR_URL and its token. */
struct queue_target {
	struct str url, token;
};

/* Send what is there.  The tree's lock must not be held: a slow orchestrator
 * holds up nobody who edits.  Never a fault of the edit: *out tells. */
void queue_send(struct arena *a, const char *root,
    const struct queue_target *to, struct queue_result *out);
/* One event, again, past the queue. */
int queue_send_one(struct arena *a, const struct queue_target *to,
    const struct patch_event *p, struct err *e);

#endif
