/* producer.h - patch events from patch managers elsewhere, in the three forms
 * that exist (API.md 2.5, POST /api/patches/events). */
#ifndef MODEL_PRODUCER_H
#define MODEL_PRODUCER_H

#include "contract/contract.h"
#include "model/patch_event.h"

/* Decode one event of whichever form n has.  client_id is what makes it
 * idempotent: the upstream's id, else patch_id and type and its ts. */
int producer_decode(const struct json *n, struct arena *a,
    struct patch_event *out, struct str *client_id, struct err *e);

/* One phase message for POST /api/events: {"type","payload"} or flat, with
 * order_id, task_id, patch_id, requester at either place. */
int phase_decode(const struct json *n, struct arena *a, struct event *out,
    struct err *e);
/* What such a message says to people: its message, error, reason, or the name of its
 * phase; cut to PHASE_SAYS_BYTES.  STR_NONE: nothing. */
struct str phase_says(const struct json *n, struct arena *a);

#endif
