/* seed_ours.h - a story put into the log by the product's own functions, on a
 * connection that is set for filling instead of for living. */
#ifndef BENCH_SEED_OURS_H
#define BENCH_SEED_OURS_H

#include "govern/govern.h"
#include "seed_story.h"

struct ours {
	struct govern g;
	const char *path;
};

/* Make the database, which must not be there.  Its epoch comes from the seed,
 * so that all of it does. */
int ours_create(struct ours *o, const char *path, const char *migrations,
    uint64_t seed, struct arena *a, struct err *e);
/* Ready for others: the journal as it should be, statistics for the planner as
 * they are. */
int ours_close(struct ours *o, struct err *e);

/* The chapter's events, inside db_begin(); tells them their seqs. */
int ours_put(struct govern *g, struct arena *a, struct chapter *c,
    struct err *e);

#endif
