/* log_walk.h - the rows of the log that match a query, one after the other.
 *
 * A walk goes over ranges of ids: those of blocks that have all the terms, or
 * of the events of a patch or batch.  It is made of bounded steps and stops
 * between two of them when its time is over; it then knows where to go on, and
 * at least one step was made.  It may be paused, so that no read transaction
 * lasts long: rows that were there at its snapshot do not change. */
#ifndef LEDGER_LOG_WALK_H
#define LEDGER_LOG_WALK_H

#include "ledger/log_needle.h"
#include "ledger/log_plan.h"

/* What a walk allows itself.  Tests set less. */
struct log_limits {
	int64_t page_ms, count_ms;	/* for a page; for its total */
	int64_t look_rows;	/* judged before terms are looked for */
	int64_t again_rows;	/* before that is done whatever it takes */
	int64_t short_rows;	/* the same when there are no trigrams, and
				 * the whole dictionary has to be read */
	int64_t most_terms;	/* looked at the first time */
	int64_t run_blocks;	/* of one step */
};
extern const struct log_limits log_limits_preset;
void log_limits_set(const struct log_limits *l);	/* NULL: the preset */
const struct log_limits *log_limits(void);

#define LOG_FOREVER_MS	INT64_C(1000000000)

struct log_walk;

/* Inside db_read_begin(), as are the calls below.  Never NULL; strings of q
 * must stay.  Close it in any case. */
int log_walk_open(struct db *db, const struct log_query *q, int64_t snapshot,
    struct log_walk **out, struct err *e);
void log_walk_close(struct log_walk *w);	/* NULL is fine */

/* Time for what follows. */
void log_walk_time(struct log_walk *w, int64_t ms);
/* The next row: 1 and *id; 0: no more, or out of time (log_walk_cut()); -1. */
int log_walk_next(struct log_walk *w, int64_t *id, struct err *e);
/* Pass n rows over: *passed may be less at the end, or out of time. */
int log_walk_pass(struct log_walk *w, int64_t n, int64_t *passed,
    struct err *e);
bool log_walk_cut(const struct log_walk *w);
/* The cursor that goes on behind what was looked at. */
int64_t log_walk_at(const struct log_walk *w);
/* No row below that is still to come. */
int64_t log_walk_lowest(const struct log_walk *w);
/* Before the transaction ends; it goes on in the next one. */
void log_walk_pause(struct log_walk *w);

#endif
