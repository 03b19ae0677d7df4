/* follow.h - stay with the event stream of a server.
 *
 * A connection that is lost is made again, later each time, and goes on behind
 * the last event that was handed on: none comes twice, and what is missing is
 * told.  All that is told goes to the standard error.  It ends when nobody
 * reads the standard output any more. */
#ifndef PATCHCTL_FOLLOW_H
#define PATCHCTL_FOLLOW_H

#include "patchctl/target.h"

#define FOLLOW_EPOCH_BYTES 64

/* Borrowed until the call returns. */
struct follow_event {
	int64_t seq;
	struct str type, json;
};

struct follow {
	struct command_line *l;
	const struct target *t;
	struct str path;		/* "/sse" and its filters */
	struct str since;		/* as broadcastd(8) has it */
	int64_t silence_ms;		/* then a connection is taken for lost */
	bool once;			/* do not come back */
	bool (*take)(void *to, const struct follow_event *ev);	/* false: enough */
	void *to;
};

/* 0 when take() had enough or the output is closed; the exit status when the
 * server refuses it, which was said; -1. */
int follow_run(const struct follow *f, struct err *e);
/* Wait so long, or until nobody reads the standard output; is it so? */
bool follow_unread(int64_t ms);

#endif
