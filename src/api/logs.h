#ifndef API_LOGS_H
#define API_LOGS_H
/* logs.h - the routes of logs.fcgi. */
#include "http/route.h"
extern const struct route logs_routes[];
#endif
