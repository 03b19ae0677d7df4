/* life.h - what people, agents and GitHub do to an issue. */
#ifndef OPS_LIFE_H
#define OPS_LIFE_H

#include "ops/ops.h"

/* Compare and set.  1 with *out (from a) when it changed, 0 when it was so
 * already, -1: ERR_NOT_FOUND, ERR_WRONG_STATE, ERR_CLAIMED (detail names the
 * holder).  by: who does it (for claim: who will hold it); note: what they say,
 * may be absent.  Subscribers are told; GitHub will be (ops_send). */
int ops_issue_do(struct ops *o, struct arena *a, int64_t id,
    enum issue_verb verb, struct str by, struct str note,
    struct ops_issue *out, struct err *e);

/* Inside db_begin(): GitHub is to be told that `one` is the same as `into`. */
int life_duplicate(struct ops *o, struct arena *a,
    const struct ops_issue *one, const struct ops_issue *into,
    struct str by, struct err *e);

#endif
