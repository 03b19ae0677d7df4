/* regroup.h - when people know better what belongs together. */
#ifndef OPS_REGROUP_H
#define OPS_REGROUP_H

#include "ops/ops.h"

/* Issue id is the same defect as into: its lines, those to come too, are into's,
 * and it is closed as a duplicate, here and on GitHub.  0 with *out = into;
 * ERR_NOT_FOUND, ERR_WRONG_STATE. */
int ops_merge(struct ops *o, struct arena *a, int64_t id, int64_t into,
    struct str by, struct ops_issue *out, struct err *e);
/* Issue id has lines of several defects: what was merged into it, and what only
 * looks like its first message, make issues of their own when they come again.
 * Lines that it has stay.  0 with *out. */
int ops_split(struct ops *o, struct arena *a, int64_t id,
    struct ops_issue *out, struct err *e);

#endif
