/* judge.h - what a language model makes of new issues.
 *
 * It may say something about an issue and propose a severity; nothing follows
 * from its words.  Where none is configured, the words come from the rules. */
#ifndef OPS_JUDGE_H
#define OPS_JUDGE_H

#include "ops/ops.h"

/* Those that were not judged yet, for so many ms; *reviewed counts them.  0
 * whatever the model does; -1 when the database does not answer. */
int ops_judge(struct ops *o, int64_t for_ms, int64_t *reviewed,
    struct err *e);

#endif
