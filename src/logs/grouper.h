/* grouper.h - one line after the other, each told its group.
 *
 * Puts mask, drain, frames and fingerprint together and remembers what it
 * found, so that a line like an earlier one costs little.  Lines must be clean
 * and redacted. */
#ifndef LOGS_GROUPER_H
#define LOGS_GROUPER_H

#include "logs/drain.h"
#include "logs/fingerprint.h"

struct grouper;

struct group_hit {
	struct fingerprint fp;	/* texts live until the next call */
	struct drain_hit drain;
	bool traced;		/* by frames, not by the template */
};

/* d is borrowed and must outlive it. */
struct grouper *grouper_new(struct drain *d);	/* never NULL */
void grouper_free(struct grouper *g);		/* NULL is fine */

/* -1 with ERR_INVALID when the line has no message (blanks are none). */
int grouper_add(struct grouper *g, const struct log_line *l,
    struct group_hit *out, struct err *e);

#endif
