/* What it costs to carry a place in a file through 10,000 recorded edits, each
 * of one hunk.  Prints "WHAT SECONDS" of the medians. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "edit/script.h"

#define EDITS 10000
#define HUNKS 100
#define STEP 4000		/* bytes between two hunks of a script */
#define ROUNDS 15

struct carry {
	struct arena *a, *turn;
	struct script steps[EDITS];	/* one hunk each */
	struct str packed[EDITS];	/* as they are stored */
	struct script whole;		/* all their hunks at once */
	struct script hundred;
};

static void
check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "edit_carry: %s failed\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The edits are spread over the file, in no order, and touch none of the
 * hundred hunks; a line of 40 bytes becomes one of 50, or of 30. */
static void
make(struct carry *c)
{
	struct buf out = BUF_INIT(MIB(1));

	for (size_t i = 0; i < EDITS; i++) {
		size_t at = i * 7919 % EDITS;
		struct hunk h = { at * STEP, { "", 40 },
		    { "", i % 2 ? 50 : 30 }, 0 };
		char gone[40] = { 0 };

		h.gone.p = arena_str(c->a, str_n(gone, sizeof(gone))).p;
		check(script_add(c->a, &c->steps[i], &h), "making an edit");
		buf_reset(&out);
		script_pack(&c->steps[i], &out);
		c->packed[i] = arena_str(c->a, buf_str(&out));
		check(script_add(c->a, &c->whole, &h), "making a script");
	}
	for (size_t i = 0; i < HUNKS; i++) {
		struct hunk h = { (i * EDITS / HUNKS) * STEP + STEP / 2,
		    { "", 40 }, { "", 40 }, 0 };

		check(script_add(c->a, &c->hundred, &h), "making a script");
	}
	buf_free(&out);
}

/* Steps are in positions of the text before them; the texts differ by so much
 * less than what lies between hunks that none touches the place. */
static void
place_by_steps(struct carry *c)
{
	struct reach r = { EDITS / 2 * STEP + STEP / 2,
	    EDITS / 2 * STEP + STEP / 2 + 40, false };

	for (size_t i = 0; i < EDITS; i++)
		check(reach_carry(&c->steps[i], &r), "carrying");
}

static void
place_by_packed(struct carry *c)
{
	struct reach r = { EDITS / 2 * STEP + STEP / 2,
	    EDITS / 2 * STEP + STEP / 2 + 40, false };

	for (size_t i = 0; i < EDITS; i++) {
		struct script s;

		check(script_unpack(c->turn, c->packed[i], &s) &&
		    reach_carry(&s, &r), "carrying");
	}
}

static void
place_by_whole(struct carry *c)
{
	struct reach r = { (EDITS - 1) * STEP + STEP / 2,
	    (EDITS - 1) * STEP + STEP / 2 + 40, false };

	check(reach_carry(&c->whole, &r), "carrying");
}

static void
hundred_by_steps(struct carry *c)
{
	struct script s = c->hundred, next;
	size_t touched;

	for (size_t i = 0; i < EDITS; i++) {
		check(script_carry(c->turn, &c->steps[i], &s, &next, &touched),
		    "carrying a script");
		s = next;
	}
}

static void
hundred_by_whole(struct carry *c)
{
	struct script out;
	size_t touched;

	check(script_carry(c->turn, &c->whole, &c->hundred, &out, &touched),
	    "carrying a script");
}

static const struct {
	const char *name;
	void (*run)(struct carry *c);
} rows[] = {
	{ "a place, 10000 edits of one hunk", place_by_steps },
	{ "a place, 10000 edits as they are stored", place_by_packed },
	{ "a place, one edit of 10000 hunks", place_by_whole },
	{ "100 hunks, 10000 edits of one hunk", hundred_by_steps },
	{ "100 hunks, one edit of 10000 hunks", hundred_by_whole },
};

static int
double_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(void)
{
	static struct carry c;
	double took[sizeof(rows) / sizeof(rows[0])][ROUNDS];

	c.a = arena_new();
	c.turn = arena_new();
	make(&c);
	for (int r = 0; r < ROUNDS; r++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			double began = now();

			rows[i].run(&c);
			took[i][r] = now() - began;
			arena_reset(c.turn);
		}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		qsort(took[i], ROUNDS, sizeof(took[i][0]), double_cmp);
		printf("%s\t%.9f\n", rows[i].name, took[i][ROUNDS / 2]);
	}
	arena_free(c.turn);
	arena_free(c.a);
	return 0;
}
