/* ops.h - routes of ops.fcgi: logs in, issues out, and GitHub. */
#ifndef API_OPS_H
#define API_OPS_H

#include "http/route.h"

extern const struct route ops_routes[];		/* ends with method NULL */

#endif
