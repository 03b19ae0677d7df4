/* feed.h - the table of events: the only place of the daemon that reads it,
 * and the process that checkpoints it.
 *
 * A database that is missing, locked or broken is no reason to end: it is said
 * once in the log, and every tick tries again. */
#ifndef BROADCASTD_FEED_H
#define BROADCASTD_FEED_H

#include "broadcastd/hub.h"
#include "model/config.h"
#include "store/db.h"

struct feed {
	const char *path;
	bool synchronous_full;
	struct db *db, *checkpointer;	/* NULL: not open */
	bool ready;			/* the last look at db went well */
	char epoch[64];			/* "" before the first look */
	int bell;			/* -1: not open */
	const char *bell_path;
	uint64_t published;
	bool bell_failed, checkpoint_failed, failed;	/* was said */
	int64_t truncate_at_ms;		/* monotonic; the hourly one */
};

/* Nothing is opened yet; feed_tick() does. */
void feed_begin(struct feed *f, const struct config *c, struct arena *a);
void feed_end(struct feed *f);
/* Close what is open, to find it anew (under the paths of c). */
void feed_reopen(struct feed *f, const struct config *c, struct arena *a);

enum feed_news { FEED_SAME, FEED_ANOTHER };
/* Open what is missing, see whether the database is still the same one.
 * FEED_ANOTHER: it was restored; positions of before mean nothing. */
enum feed_news feed_look(struct feed *f, struct hub *h);
/* Once a second: checkpoint when the WAL is large. */
void feed_checkpoint(struct feed *f, int64_t min_bytes);
void feed_tick(struct feed *f, int64_t now_ms);

/* Publish some of what is new; true when there may be more. */
bool feed_step(struct feed *f, struct hub *h, struct arena *a);
/* Some rows after pos, for who is behind the hub; -1 when the table cannot be
 * read now. */
int feed_read(struct feed *f, struct arena *a, int64_t pos,
    struct event **out, size_t *n);
/* What the table has; -1 with e. */
int feed_bounds(struct feed *f, int64_t *oldest, int64_t *head,
    struct err *e);
/* NULL when it cannot be asked now. */
struct db *feed_db(struct feed *f);

#endif
