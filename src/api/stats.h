#ifndef API_STATS_H
#define API_STATS_H
/* stats.h - the routes of stats.fcgi. */
#include "http/app.h"

extern const struct route stats_routes[];

#endif
