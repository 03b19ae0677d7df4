/* look.h - what GitHub has of ours, found by hidden marks; and what is said
 * there, so that it can be found.
 *
 * 1 found, 0 not there, -1 with c->outcome: GitHub did not say. */
#ifndef OPS_LOOK_H
#define OPS_LOOK_H

#include "ops/ops.h"

struct look_hit {
	int64_t number;
	struct str url;
	bool closed, ignored;	/* ignored: closed as not planned */
};

/* The issues of one repository with our label: read when they are first asked
 * for, and again when somebody is not sure. */
struct look {
	struct arena *a;
	struct str label;
	struct str target;	/* whose they are */
	struct look_entry *rows;
	size_t n;
	bool read;
};
void look_begin(struct look *l, struct str label);
void look_end(struct look *l);
/* again: read the list now, whatever is known. */
int look_for(struct look *l, struct github *gh, struct github_call *c,
    struct str fingerprint, bool again, struct look_hit *out, struct err *e);
/* One that was made now: the list may not have it for a while. */
void look_add(struct look *l, struct str fingerprint,
    const struct look_hit *hit);

/* Is there a comment with that mark? */
int look_comment(struct github *gh, struct github_call *c, int64_t number,
    struct str once, struct err *e);
/* {"body":…} of the outbox as a comment with that mark; 0 or -1. */
int look_say(struct github *gh, struct github_call *c, int64_t number,
    struct str once, struct str body, struct err *e);
/* {"state","state_reason","add_labels","remove_labels","assignee"}; 0, -1. */
int look_set(struct github *gh, struct github_call *c, int64_t number,
    struct str body, struct err *e);

#endif
