/* revert.h - take patches back: their inverse, carried through all that came
 * later, applied as a batch of its own. */
#ifndef GOVERN_REVERT_H
#define GOVERN_REVERT_H

#include "govern/once.h"
#include "store/patch_revert.h"

struct revert_request {
	struct revert_choice what;	/* workspace STR_NONE: that of the patch
					   or batch, else "default" */
	struct str requester, reason;	/* who asks, and why */
	bool dry_run;
};

/* 0 with *out, also when later edits are in the way: then it is a problem with
 * a result for each of them, and nothing was written.  -1: ERR_NOT_FOUND,
 * ERR_ALREADY_REVERTED, ERR_INVALID (never applied here), and what
 * govern_apply() fails with. */
int govern_revert(struct govern *g, struct arena *a,
    const struct revert_request *r, const struct verb_request *verb,
    struct verb_answer *out, struct err *e);

#endif
