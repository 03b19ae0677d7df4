#ifndef API_TICKETS_H
#define API_TICKETS_H
/* tickets.h - one-shot tickets for the stream; a route of patches.fcgi. */
#include "http/route.h"
int tickets_new(struct call *c, struct err *e);
#endif
