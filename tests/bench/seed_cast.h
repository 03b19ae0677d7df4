/* seed_cast.h - who works when on what: the rhythm of a year, and orders with
 * their factories, phases, tasks and workspaces. */
#ifndef BENCH_SEED_CAST_H
#define BENCH_SEED_CAST_H

#include "model/patch_event.h"
#include "seed_dice.h"

#define CAST_HOURS(days)	((size_t)(days) * 24)

struct cast {
	uint64_t seed;
	int64_t begin_ms, span_ms;
	int64_t orders;
	size_t hours;
	double *done;		/* by hour: the share of the year's work before */
	struct zipf requesters;
};

/* What a patch is about; numbers, so that it can be kept. */
struct role {
	int64_t order;		/* -1: none */
	int task;		/* of the order; -1: none */
	unsigned char requester, phase, workspace;
};

void cast_set(struct cast *c, uint64_t seed, int64_t patches,
    int64_t begin_ms, int64_t span_ms);
void cast_free(struct cast *c);

/* The moment at which that share (0 to 1) of the work is done. */
int64_t cast_moment(const struct cast *c, double share);
struct role cast_role(const struct cast *c, struct dice *d, int64_t at_ms);
/* Put the role's names into the event; strings from the arena. */
void cast_name(const struct cast *c, const struct role *r, struct arena *a,
    struct patch_event *p);

#endif
