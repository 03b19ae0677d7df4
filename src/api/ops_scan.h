/* ops_scan.h - scans of the sources of logs, wanted by a request. */
#ifndef API_OPS_SCAN_H
#define API_OPS_SCAN_H

#include "api/rpc.h"
#include "http/route.h"

int ops_scan_post(struct call *c, struct err *e);
int ops_scans_get(struct call *c, struct err *e);
int ops_scan_get(struct call *c, struct err *e);
/* OpsScan.scan */
int ops_scan_rpc(struct rpc_call *r, struct verb_answer *out, struct err *e);

#endif
