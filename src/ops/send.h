/* send.h - what waits in the outbox leaves for GitHub, once.
 *
 * One sender at a time over all processes.  A request that got no answer is
 * never sent again before it was looked for, three times and with time in
 * between. */
#ifndef OPS_SEND_H
#define OPS_SEND_H

#include "ops/ops.h"

struct send_result {
	int64_t sent, made;	/* all; issues among them */
	int64_t open;		/* still to be said */
	int64_t dead;		/* that GitHub refused */
	bool elsewhere;		/* another process is sending */
};

/* Until nothing is due or so many ms are over.  0 also when GitHub does not
 * answer: rows wait, their errors say why.  Nothing happens where GitHub is not
 * configured. */
int ops_send(struct ops *o, int64_t for_ms, struct send_result *out,
    struct err *e);

#endif
