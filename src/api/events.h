#ifndef API_EVENTS_H
#define API_EVENTS_H
/* events.h - handlers of /api/events and /api/patches/events. */
#include "http/route.h"
int events_list(struct call *c, struct err *e);
int events_publish(struct call *c, struct err *e);
int patch_events_publish(struct call *c, struct err *e);
#endif
