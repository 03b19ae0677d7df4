#include "ledger/log_walk.h"

#include <stdlib.h>

#include "base/clock.h"

/* Events of a patch or batch that are one step. */
#define STEP_EVENTS	1024

/* Rows between two looks at the clock. */
#define ROWS_BETWEEN	64

const struct log_limits log_limits_preset = {
	.page_ms = 2000, .count_ms = 2000, .look_rows = 512,
	.again_rows = 16384, .short_rows = 131072, .most_terms = 2000, .run_blocks = 64,
};
static const struct log_limits *limits_now = &log_limits_preset;

void
log_limits_set(const struct log_limits *l)
{
	limits_now = l ? l : &log_limits_preset;
}

const struct log_limits *
log_limits(void)
{
	return limits_now;
}

struct log_walk {
	struct db *db;
	struct arena *a, *scratch;
	struct log_plan plan;
	struct log_texts texts;
	struct postings lists[LOG_EQUALS];
	size_t n_lists;
	struct needle needles[2];
	size_t n_needles;
	int64_t judged;		/* rows that needles were looked for in */
	int64_t collect_at;	/* judged rows; then terms are looked for */

	struct stmt *rows;	/* of the step that is open; else NULL */
	int64_t lo, hi;		/* its ids, or those of the next */
	bool stepped;		/* lo, hi are a step that was not made yet */
	int64_t at;		/* the last id that was looked at */
	int64_t until_us;
	bool made;		/* a step was made in the time given */
	bool cut, end;
};

static void
walk_needle(struct log_walk *w, struct str text, bool everywhere)
{
	if (text.p)
		needle_begin(&w->needles[w->n_needles++], w->a, text,
		    everywhere);
}

int
log_walk_open(struct db *db, const struct log_query *q, int64_t snapshot,
    struct log_walk **out, struct err *e)
{
	struct log_walk *w = calloc(1, sizeof(*w));

	if (!w)
		abort();
	*out = w;
	w->db = db;
	w->a = arena_new();
	w->scratch = arena_new();
	w->collect_at = limits_now->look_rows;
	walk_needle(w, q->file, false);
	walk_needle(w, q->search, true);
	if (log_plan_make(db, q, snapshot, &w->plan, e) != 0 ||
	    log_plan_texts(&w->plan, w->a, &w->texts, e) != 0)
		return -1;
	for (size_t i = 0; i < LOG_EQUALS; i++)
		if (w->plan.equal[i])
			w->lists[w->n_lists++].term = w->plan.equal[i];
	w->at = w->plan.ascending ? w->plan.lo - 1 : w->plan.hi + 1;
	log_walk_time(w, LOG_FOREVER_MS);
	return 0;
}

void
log_walk_close(struct log_walk *w)
{
	if (!w)
		return;
	log_walk_pause(w);
	for (size_t i = 0; i < w->n_needles; i++)
		needle_end(&w->needles[i]);
	arena_free(w->scratch);
	arena_free(w->a);
	free(w);
}

void
log_walk_time(struct log_walk *w, int64_t ms)
{
	w->until_us = clock_mono_us() + ms * 1000;
	w->made = w->cut = false;
}

void
log_walk_pause(struct log_walk *w)
{
	if (w->rows)
		stmt_reset(w->rows);
	w->rows = NULL;
	w->stepped = false;
	/* to find where a step ends, the postings were read beyond it */
	for (size_t i = 0; i < w->n_lists; i++)
		w->lists[i] = (struct postings){ .term = w->lists[i].term };
}

bool
log_walk_cut(const struct log_walk *w)
{
	return w->cut;
}

int64_t
log_walk_at(const struct log_walk *w)
{
	return w->at;
}

int64_t
log_walk_lowest(const struct log_walk *w)
{
	return w->plan.ascending ? w->at + 1 : w->plan.lo;
}

static bool
late(const struct log_walk *w)
{
	return clock_mono_us() >= w->until_us;
}

/* The first block from `from` on that has every term, and may have every
 * needle: 1, 0, -1. */
static int
block_find(struct log_walk *w, int64_t from, int64_t *found, struct err *e)
{
	bool up = w->plan.ascending;
	int64_t b;
	int rc = 1;

again:
	for (size_t i = 0; i < w->n_lists; i++) {
		rc = postings_seek(w->db, &w->lists[i], up, from, &b, e);
		if (rc <= 0)
			return rc;
		if (b != from) {
			from = b;
			goto again;
		}
	}
	for (size_t i = 0; i < w->n_needles; i++) {
		if (!w->needles[i].collected)
			continue;
		if (!block_set_seek(&w->needles[i].any, up, from, &b))
			return 0;
		if (b != from) {
			from = b;
			goto again;
		}
	}
	*found = from;
	return from >= w->plan.lo / POSTING_BLOCK &&
	    from <= w->plan.hi / POSTING_BLOCK;
}

/* Blocks that follow each other are one step. */
static int
step_of_blocks(struct log_walk *w, int64_t from, struct err *e)
{
	int64_t step = w->plan.ascending ? 1 : -1, first, last, next;
	int64_t most = limits_now->run_blocks;
	int rc = block_find(w, from / POSTING_BLOCK, &first, e);

	if (rc <= 0)
		return rc;
	/* soon there will be something better to go by */
	if (w->n_needles && w->judged < w->collect_at && most > 2)
		most = 2;
	last = first;
	while (rc > 0 && (last - first) * step + 1 < most) {
		rc = block_find(w, last + step, &next, e);
		if (rc <= 0 || next != last + step)
			break;
		last = next;
	}
	if (rc < 0)
		return -1;
	w->lo = (step > 0 ? first : last) * POSTING_BLOCK;
	w->hi = (step > 0 ? last : first) * POSTING_BLOCK + POSTING_BLOCK - 1;
	return 1;
}

static int
step_of_events(struct log_walk *w, int64_t lo, int64_t hi, struct err *e)
{
	struct stmt *s = db_stmt_text(w->db, w->texts.further);
	int rc;

	stmt_bind_int(s, ":lo", lo);
	stmt_bind_int(s, ":hi", hi);
	if (w->plan.patch_id.p)
		stmt_bind_str(s, ":patch_id", w->plan.patch_id);
	else
		stmt_bind_str(s, ":batch_id", w->plan.batch_id);
	stmt_bind_int(s, ":n", STEP_EVENTS - 1);
	rc = stmt_step(s, e);
	w->lo = lo;
	w->hi = hi;
	if (rc > 0 && w->plan.ascending)
		w->hi = stmt_int(s, 0);
	else if (rc > 0)
		w->lo = stmt_int(s, 0);
	stmt_reset(s);
	return rc < 0 ? -1 : 1;
}

/* Look for the terms of a needle, when judging rows did not do. */
static int
collect(struct log_walk *w, struct err *e)
{
	struct block_set range = { .lo = w->plan.lo / POSTING_BLOCK,
	    .hi = w->plan.hi / POSTING_BLOCK };
	bool first = w->collect_at == limits_now->look_rows, brief = false;
	int64_t now = clock_mono_us();
	int64_t until = now + (w->until_us - now) / 2;

	if (w->judged < w->collect_at || log_plan_by_event(&w->plan))
		return 0;
	for (size_t i = 0; i < w->n_needles; i++) {
		brief |= needle_is_short(&w->needles[i]);
		if (!w->needles[i].collected && needle_collect(w->db,
		    &w->needles[i], w->a, &range, first ?
		    limits_now->most_terms : INT64_MAX, until, e) < 0)
			return -1;
	}
	/* what could not be found in half of the time is walked to */
	w->collect_at = first ? limits_now->look_rows +
	    (brief ? limits_now->short_rows : limits_now->again_rows) :
	    INT64_MAX;
	return 0;
}

/* The next range of ids: 1, 0, -1. */
static int
step_find(struct log_walk *w, struct err *e)
{
	int64_t lo = w->plan.lo, hi = w->plan.hi;
	int rc;

	if (w->stepped)
		return 1;
	if (w->plan.ascending)
		lo = w->at + 1;
	else
		hi = w->at - 1;
	if (w->end || lo > hi)
		return 0;
	if (w->n_needles && collect(w, e) != 0)
		return -1;
	rc = log_plan_by_event(&w->plan) ? step_of_events(w, lo, hi, e) :
	    step_of_blocks(w, w->plan.ascending ? lo : hi, e);
	w->lo = w->lo < lo ? lo : w->lo;
	w->hi = w->hi > hi ? hi : w->hi;
	w->stepped = rc > 0;
	w->end = rc == 0;
	return rc;
}

/* May another step be made? */
static bool
step_allowed(struct log_walk *w)
{
	w->cut = w->made && late(w);
	w->made = true;
	return !w->cut;
}

static void
step_end(struct log_walk *w)
{
	w->at = w->plan.ascending ? w->hi : w->lo;
	w->stepped = false;
	w->rows = NULL;
}

/* Have the needles what they want there?  1, 0, -1. */
static int
row_judge(struct log_walk *w, const struct log_cells *c, struct err *e)
{
	int rc = 1;

	for (size_t i = 0; rc > 0 && i < w->n_needles; i++)
		rc = needle_row(w->db, &w->needles[i], c, w->scratch, e);
	arena_reset(w->scratch);
	w->judged += w->n_needles > 0;
	return rc;
}

/* 1: w->rows is open, 0, -1. */
static int
step_open(struct log_walk *w, struct err *e)
{
	int rc;

	if (w->rows)
		return 1;
	rc = step_find(w, e);
	if (rc <= 0)
		return rc;
	if (!step_allowed(w))
		return 0;
	w->rows = log_plan_stmt(w->db, &w->plan, w->texts.rows, w->lo, w->hi);
	return 1;
}

int
log_walk_next(struct log_walk *w, int64_t *id, struct err *e)
{
	int rc;

	while ((rc = step_open(w, e)) > 0) {
		struct stmt *s = w->rows;
		struct log_cells c;

		rc = stmt_step(s, e);
		if (rc < 0)
			break;
		if (rc == 0) {
			step_end(w);
			continue;
		}
		c = (struct log_cells){ stmt_int(s, 0), stmt_int(s, 1),
		    stmt_int(s, 2), stmt_int(s, 3), stmt_int(s, 4),
		    stmt_int(s, 5), stmt_int(s, 6) };
		w->at = c.id;
		rc = row_judge(w, &c, e);
		if (rc < 0)
			break;
		if (rc > 0) {
			*id = c.id;
			return 1;
		}
		if (w->judged % ROWS_BETWEEN == 0 && late(w)) {
			w->cut = true;
			log_walk_pause(w);
			return 0;
		}
	}
	if (rc < 0)
		log_walk_pause(w);
	return rc;
}

/* Whole steps are counted and not read: 1, 0: no more or the step has more
 * than is wanted, -1. */
static int
step_pass(struct log_walk *w, int64_t most, int64_t *passed, struct err *e)
{
	bool made = w->made;
	int64_t n;
	int rc = step_find(w, e);

	if (rc <= 0)
		return rc;
	if (!step_allowed(w))
		return 0;
	if (stmt_one_int(log_plan_stmt(w->db, &w->plan, w->texts.count, w->lo,
	    w->hi), &n, e) != 0)
		return -1;
	if (n > most) {		/* it is yet to be made, row by row */
		w->made = made;
		return 0;
	}
	*passed += n;
	step_end(w);
	return 1;
}

int
log_walk_pass(struct log_walk *w, int64_t n, int64_t *passed, struct err *e)
{
	int64_t id;
	int rc = 1;

	*passed = 0;
	while (rc > 0 && w->n_needles == 0 && !w->rows && *passed < n)
		rc = step_pass(w, n - *passed, passed, e);
	if (rc < 0 || w->cut)
		return rc < 0 ? -1 : 0;
	while (*passed < n && (rc = log_walk_next(w, &id, e)) > 0)
		++*passed;
	return rc < 0 ? -1 : 0;
}
