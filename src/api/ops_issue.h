/* ops_issue.h - issues that logs became, and what people do to them. */
#ifndef API_OPS_ISSUE_H
#define API_OPS_ISSUE_H

#include "http/route.h"

int ops_issues_get(struct call *c, struct err *e);
int ops_issue_get(struct call *c, struct err *e);
int ops_issue_claim(struct call *c, struct err *e);
int ops_issue_resolve(struct call *c, struct err *e);
int ops_issue_reopen(struct call *c, struct err *e);
int ops_issue_ignore(struct call *c, struct err *e);
int ops_issue_triage(struct call *c, struct err *e);
int ops_summary(struct call *c, struct err *e);

#endif
