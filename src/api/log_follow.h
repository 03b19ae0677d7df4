/* log_follow.h - rows of the log as they come. */
#ifndef API_LOG_FOLLOW_H
#define API_LOG_FOLLOW_H

#include "govern/govern.h"
#include "http/route.h"
#include "model/log_query.h"

/* NDJSON, oldest first: rows behind the cursor (without one, those that are
 * stored from now on), then those that come, each at once; a line
 * {"heartbeat":true,"id":N} when nothing came for a while.  Ends when the client
 * is gone, after FOLLOW_MAX_S, or when the program is to end: the last line has
 * the cursor to go on with.  ERR_BUSY when as many follow as may. */
int log_follow(struct call *c, struct govern *g, const struct log_request *r,
    struct err *e);

#endif
