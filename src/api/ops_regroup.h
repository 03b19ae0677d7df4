/* ops_regroup.h - people know better which lines belong together. */
#ifndef API_OPS_REGROUP_H
#define API_OPS_REGROUP_H

#include "http/route.h"

int ops_issue_merge(struct call *c, struct err *e);
int ops_issue_split(struct call *c, struct err *e);

#endif
