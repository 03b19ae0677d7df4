/* tools.h - functions for language models: what there is, and calls. */
#ifndef API_TOOLS_H
#define API_TOOLS_H

#include "http/route.h"

int tools_list(struct call *c, struct err *e);
int tools_call(struct call *c, struct err *e);

#endif
