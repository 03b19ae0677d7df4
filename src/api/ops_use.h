/* ops_use.h - the verbs of ops/, for handlers. */
#ifndef API_OPS_USE_H
#define API_OPS_USE_H

#include "api/detach.h"
#include "http/route.h"
#include "ops/ops.h"

/* The program's, opened once and ready to use, as by program_govern(). */
int program_ops(struct call *c, struct ops **out, struct err *e);

/* The issue that the path names; ERR_NOT_FOUND when it is no number. */
int program_issue(const struct call *c, int64_t *id, struct err *e);
/* That issue is not there: -1, ERR_NOT_FOUND. */
int program_no_issue(const struct call *c, struct err *e);

/* Something is to be said to GitHub: a child does it, after the answer.  g
 * loses its connection when there is one.  Cannot fail: what is not sent now
 * leaves with the next scan. */
void ops_send_later(struct ops *o);

#endif
