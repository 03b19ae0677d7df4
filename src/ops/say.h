/* say.h - what is to be said to GitHub of an issue, put into the outbox as
 * ops/look reads it.  All inside db_begin(); 1, 0 when it was said before (by its
 * `once`), -1. */
#ifndef OPS_SAY_H
#define OPS_SAY_H

#include "ops/ops.h"

int say_create(struct ops *o, const struct ops_issue *i, struct str once,
    struct err *e);
/* text: Markdown. */
int say_comment(struct ops *o, const struct ops_issue *i, struct str once,
    struct str text, struct err *e);

/* NULL, STR_NONE: stays as it is. */
struct say_change {
	const char *state, *reason;	/* of the state; they go together */
	const char *add, *remove;	/* labels */
	struct str assignee;
};
int say_change(struct ops *o, const struct ops_issue *i, struct str once,
    const struct say_change *c, struct err *e);

#endif
