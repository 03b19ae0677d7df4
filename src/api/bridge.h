#ifndef API_BRIDGE_H
#define API_BRIDGE_H
/* bridge.h - POST /api/patches/bridge and /api/patches/review: a factory's
 * output becomes a batch, and with ?apply=true the batch is applied. */
#include "http/route.h"
int bridge_phase(struct call *c, struct err *e);
int bridge_review(struct call *c, struct err *e);
#endif
