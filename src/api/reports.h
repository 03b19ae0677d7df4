/* reports.h - delivery reports over HTTP. */
#ifndef API_REPORTS_H
#define API_REPORTS_H

#include "api/rpc.h"

extern const struct route reports_routes[];	/* ends with method NULL */

/* The same by JSON-RPC. */
int reports_generate_all(struct rpc_call *r, struct verb_answer *out,
    struct err *e);
int reports_get_recent(struct rpc_call *r, struct verb_answer *out,
    struct err *e);
int reports_get_by_order(struct rpc_call *r, struct verb_answer *out,
    struct err *e);

#endif
