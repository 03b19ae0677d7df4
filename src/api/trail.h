/* trail.h - the chain of custody of a patch or an order. */
#ifndef API_TRAIL_H
#define API_TRAIL_H

#include "http/route.h"

/* A patch's id of the path may be one; ERR_NOT_FOUND. */
int trail_check_id(struct str id, struct err *e);
int trail_patch(struct call *c, struct err *e);
int trail_order(struct call *c, struct err *e);

#endif
