#ifndef API_PATCHES_H
#define API_PATCHES_H
/* patches.h - the routes of patches.fcgi: edits, events, files. */
#include "http/route.h"
extern const struct route patches_routes[];
#endif
