/* rollup.h - tables rollup, work_item and work_cell: sums of patch_outcome.
 *
 * Each outcome is counted in a cell of each facet, in steps of time (grains)
 * that grow: a range of time is a few raw rows at its edges, then quarters of
 * an hour, days, and spans of 32 days. */
#ifndef LEDGER_ROLLUP_H
#define LEDGER_ROLLUP_H

#include "ledger/term.h"

/* Kept in the database: numbers stay as they are.  *_BY are told apart by
 * requester and workspace as well, the others have 0 there; but of TOTAL_BY,
 * which has one cell for each of those, all are in one piece. */
enum facet {
	FACET_TOTAL = 1,
	FACET_TOTAL_BY = 2,	/* k1 requester, k2 workspace */
	FACET_MIX = 3,		/* k1 operation, k2 phase */
	FACET_MIX_BY = 4,
	FACET_LATENCY = 5,	/* k1 latency_bucket() of those that are ok */
	FACET_LATENCY_BY = 6,
	FACET_ERROR = 7,	/* k1 error, of those that name one */
	FACET_ERROR_BY = 8,
	FACET__MAX
};

/* Kept in the database.  A bucket is the time divided by the width. */
enum grain {
	GRAIN_QUARTER = 0,	/* of an hour: all zones' days begin at one */
	GRAIN_DAY = 1,		/* UTC */
	GRAIN_SPAN = 2,		/* 32 days, from 1970 on */
	GRAIN__MAX
};
extern const int64_t grain_ms[GRAIN__MAX];
/* The one a time is in, also before 1970. */
int64_t grain_bucket(int64_t ms, enum grain g);
/* Is that facet kept in that grain? */
bool facet_has(enum facet f, enum grain g);

enum outcome_kind { OUTCOME_NONE, OUTCOME_OK, OUTCOME_FAILED, OUTCOME_REVERTED };

/* A row of patch_outcome: terms, 0: none. */
struct outcome {
	int64_t created_ms, id;
	int64_t kind;			/* enum outcome_kind */
	int64_t op, phase, requester, workspace, order, task, file, error;
	int64_t duration_ms, lines_added, lines_removed;	/* -1: unknown */
};

struct counts { int64_t ok, failed, reverted; };
/* Count one of that kind (sign 1) or take it away (-1). */
void counts_add(struct counts *n, int64_t kind, int sign);

/* Is that outcome counted in this facet, and by which keys? */
bool facet_takes(enum facet f, const struct outcome *o, int64_t *k1,
    int64_t *k2);

/* Sums that are collected before they are written, so that a batch touches
 * each cell once. */
struct cell {
	int64_t key[7];		/* facet grain bucket requester workspace k1 k2 */
	struct counts n;
	bool used;
};
struct work {
	int64_t term, field;
	bool timed;			/* it has outcomes, within these: */
	int64_t first_ms, last_ms;
	int64_t last_id;
	struct counts n;
};
struct day { int64_t day, first_id, last_id; };
struct tally {
	struct cell *cells;	/* a hash table */
	size_t n_cells, room;
	struct work *work;	/* another; term 0: free */
	size_t n_work, work_room;
	struct day *days;
	size_t n_days, days_room;
	bool less;		/* something is taken away: cells may become 0 */
};

/* Count an outcome (sign 1) or take it away again (-1). */
void tally_outcome(struct tally *t, const struct outcome *o, int sign);
/* An event of an order or task (a term of that field). */
struct work *tally_work(struct tally *t, int64_t term, int64_t field,
    int64_t seq);
/* A row of the log. */
void tally_row(struct tally *t, int64_t ms, int64_t id);
void tally_clear(struct tally *t);
void tally_free(struct tally *t);
/* Inside db_begin(): add all of it to the tables, and clear it. */
int tally_write(struct db *db, struct tally *t, struct err *e);

#endif
