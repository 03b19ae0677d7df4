/* loop.h - one thread that waits for everything at once. */
#ifndef BROADCASTD_LOOP_H
#define BROADCASTD_LOOP_H

#include "broadcastd/server.h"

/* Open what s->config names and serve until TERM or INT.  -1 when it cannot
 * begin; afterwards everything is closed in any case. */
int loop_run(struct server *s, struct err *e);

#endif
