/* stat_query.h - which sums are wanted (GET /api/patches/stats, /trends). */
#ifndef MODEL_STAT_QUERY_H
#define MODEL_STAT_QUERY_H

#include "contract/contract.h"

#define STATS_DEFAULT_DAYS	7
#define TRENDS_DEFAULT_DAYS	30
/* Each step of time is a row of the answer, empty ones too. */
#define STATS_MAX_DAYS		3700	/* ten years; also of weeks */
#define TRENDS_MAX_HOURLY	100	/* days */
#define TRENDS_DEFAULT_ROWS	100

enum trend_group {
	TREND_WEEKLY, TREND_DAILY, TREND_HOURLY, TREND_PHASE, TREND_FACTORY,
	TREND_ORDER, TREND_TASK, TREND__MAX
};
extern const char *const trend_groups[TREND__MAX];

struct stat_query {
	int64_t from_ms, to_ms;		/* from <= t < to; -1: the default */
	struct str requester, workspace;	/* equal; STR_NONE: any */
	struct str tz;			/* "Europe/Berlin" */
};

struct trend_query {
	struct stat_query q;
	int group;			/* enum trend_group */
	int64_t limit;			/* 0: the default */
	struct str cursor;		/* as the client sent it; opaque */
	/* Cursor: behind this item; none: after_ms is INT64_MAX */
	int64_t after_ms, after_term;
};

extern const struct contract stat_query_contract, trend_query_contract;

/* Fill in the range that was not given: `days` up to the end of the minute it
 * is now, so that the answer stays the same for some time.  ERR_BAD_QUERY when
 * it is empty, or longer than max_days (0: as long as you like). */
int stat_range_resolve(struct stat_query *q, int days, int max_days,
    struct err *e);
/* All of a trend query that its table does not check, the cursor too. */
int trend_query_resolve(struct trend_query *t, struct err *e);
/* Opaque text: the group, the range, and the place in the list. */
struct str trend_cursor_text(struct arena *a, const struct trend_query *t,
    int64_t after_ms, int64_t after_term);

#endif
