#ifndef API_COORDS_H
#define API_COORDS_H
/* coords.h - POST /api/coords/resolve: where a marker or an anchor stands. */
#include "http/route.h"
int coords_resolve(struct call *c, struct err *e);
#endif
