/* revert.h - the routes that take patches back. */
#ifndef API_REVERT_H
#define API_REVERT_H

#include "http/route.h"

int patch_revert(struct call *c, struct err *e);
int patches_revert(struct call *c, struct err *e);

#endif
