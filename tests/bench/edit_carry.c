/* What it costs to carry a place in a file through 10,000 recorded edits, each
 * of one hunk: in memory, and read from a database that is made in DIR.  Prints
 * "WHAT SECONDS" of the medians. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "text/script.h"
#include "govern/history.h"
#include "store/migrate.h"

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
	struct history_source from;	/* the same edits */
	struct sha256 base, current;
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

/* Versions are named by hashes of numbers. */
static struct sha256
version(size_t n)
{
	return sha256_of(str_n((const char *)&n, sizeof(n)));
}

static void
store(struct carry *c, const char *dir, const char *migrations)
{
	struct db_options o = { .mode = DB_RW, .busy_ms = 5000,
	    .path = arena_fmt(c->a, "%s/carry.db", dir).p };
	struct migration *m;
	struct err e = { 0 };
	struct db *db;
	size_t n;

	check(migrate_run(o.path, migrations, false, c->a, &m, &n, &e) == 0 &&
	    db_open(&o, false, &db, &e) == 0 && db_begin(db, &e) == 0,
	    "making the database");
	for (size_t i = 0; i < EDITS; i++) {
		struct sha256 hash[2] = { version(i), version(i + 1) };
		struct str id = arena_fmt(c->a, "patch-%zu", i);
		struct file_edit f = { .workspace = STR("w"),
		    .path = STR("a/file"), .batch_id = id, .patch_id = id,
		    .mode_before = 0644, .mode = 0644, .before_sha256 =
			str_n((const char *)hash[0].b, SHA256_BYTES),
		    .after_sha256 =
			str_n((const char *)hash[1].b, SHA256_BYTES),
		    .script = c->packed[i] };

		check(file_edit_insert(db, &f, &e) == 0, "keeping an edit");
	}
	check(db_commit(db, &e) == 0, "keeping the edits");
	c->from = (struct history_source){ .db = db, .workspace = STR("w") };
	c->base = version(0);
	c->current = version(EDITS);
}

static void
place_by_store(struct carry *c)
{
	struct plan_versions v = history_versions(&c->from);
	struct reach r = { EDITS / 2 * STEP + STEP / 2,
	    EDITS / 2 * STEP + STEP / 2 + 40, false };
	struct history h;
	struct str why;
	struct err e = { 0 };

	c->from.held = 0;
	check(v.since(v.ctx, c->turn, STR("a/file"), c->base, c->current, &h,
	    &why, &e) == 1 && h.n == EDITS, "reading the edits");
	for (size_t i = 0; i < h.n; i++)
		check(reach_carry(&h.steps[i], &r), "carrying");
}

static const struct {
	const char *name;
	void (*run)(struct carry *c);
} rows[] = {
	{ "a place, 10000 edits of one hunk", place_by_steps },
	{ "a place, 10000 edits as they are stored", place_by_packed },
	{ "a place, 10000 edits read from the store", place_by_store },
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
main(int argc, char **argv)
{
	static struct carry c;
	double took[sizeof(rows) / sizeof(rows[0])][ROUNDS];

	if (argc != 3) {
		fprintf(stderr, "usage: edit_carry DIR MIGRATIONS\n");
		return 2;
	}
	c.a = arena_new();
	c.turn = arena_new();
	make(&c);
	store(&c, argv[1], argv[2]);
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
	db_close(c.from.db);
	arena_free(c.turn);
	arena_free(c.a);
	return 0;
}
