/* carry.h - lines that were allowed in an older version of a file, found again
 * in the one that is there now. */
#ifndef POLICY_CARRY_H
#define POLICY_CARRY_H

#include "edit/plan.h"
#include "text/text.h"

/* A stretch of a text: bytes from..to. */
struct stretch {
	size_t from, to;
	bool lost;		/* edits took all of it, and more */
};

/* Lines start..end (from 1, inclusive; end may be past the end of the text) as
 * bytes; lost when the text does not have line start, nor ends before it. */
struct stretch stretch_of(const struct lines *l, int64_t start, int64_t end);
/* The whole lines of a text that lie in it; false when none does, not even a
 * point between two. */
bool stretch_lines(const struct lines *l, struct stretch x,
    struct line_span *out);
/* Through an edit.  What happens inside or at an end of the stretch makes it
 * grow or shrink; an edit that reaches over an end takes what it reaches. */
void stretch_carry(struct stretch *x, const struct script *through);

#endif
