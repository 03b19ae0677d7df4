/* seed_story.h - a year of a factory's work, told batch after batch.
 *
 * The same seed tells the same story, to the byte.  It has as many patches as
 * were asked for, in the rhythm of working hours, days and weeks, and beside
 * them what was taken back again and what factories said about their phases. */
#ifndef BENCH_SEED_STORY_H
#define BENCH_SEED_STORY_H

#include "model/patch_event.h"

/* The span of a story that ends where the next one may go on. */
#define SEED_DAYS	365
#define SEED_END_MS	INT64_C(1793491200000)	/* 2026-11-01T00:00:00Z */
#define SEED_SPAN_MS	(INT64_C(86400000) * SEED_DAYS)

/* What is stored together: the events of one batch in their order, or one
 * message of a factory. */
struct chapter {
	struct patch_event *events;
	size_t n;
	bool foreign;		/* of a patch manager elsewhere */
	int64_t patches;	/* how many of them are new ones */
	struct event message;	/* EVENT_NONE unless it is one; n is 0 then */
};

struct story;

/* Patches from end_ms - SEED_SPAN_MS to end_ms. */
struct story *story_new(uint64_t seed, int64_t patches, int64_t end_ms);
void story_free(struct story *s);
/* False when all is told; what *out points to is in the arena. */
bool story_next(struct story *s, struct arena *a, struct chapter *out);

#endif
