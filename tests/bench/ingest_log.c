/* What it costs to store one event more: by our functions, and by a loop that
 * only runs the statements that they ran.
 *
 * usage: ingest_log LOG.db PATCHES SEED SYNCHRONOUS PER-TRANSACTION EVENTS
 *            ROUNDS
 * Prints "OURS BARE" of each round, in events per second.  What is written
 * stays in the write-ahead log, which is thrown away each time: the database is
 * as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "govern/record.h"
#include "ingest_bare.h"
#include "seed_story.h"
#include "store/db_private.h"
#include "store/producer_event.h"

#define WARM 10			/* one of so many events is not timed */

struct item {
	struct patch_event event;
	bool foreign;
};

struct ingest {
	const char *path;
	bool full;
	size_t per, n;
	struct item *items;
	struct arena *life, *turn;
	struct story *story;
	struct bare *bare;
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "ingest_log: %s\n", what);
	exit(1);
}

/* The year after that of the log, at its pace. */
static void
items_make(struct ingest *in, uint64_t seed, int64_t patches)
{
	struct chapter c;
	size_t n = 0;

	in->story = story_new(seed + 1, patches, SEED_END_MS + SEED_SPAN_MS);
	in->items = arena_array_of(in->life, struct item, in->n);
	while (n < in->n) {
		check(story_next(in->story, in->life, &c), "the log is too small");
		for (size_t i = 0; i < c.n && n < in->n; i++)
			in->items[n++] = (struct item){ c.events[i],
			    c.foreign };
	}
}

static struct db *
ours_open(const struct ingest *in)
{
	struct db_options o = { .path = in->path, .mode = DB_RW,
	    .busy_ms = 10000, .synchronous_full = in->full };
	struct err e = { 0 };
	struct db *db = NULL;

	check(db_open(&o, false, &db, &e) == 0, e.detail);
	return db;
}

/* Whoever wrote before us is in the database itself: only then may the log be
 * thrown away. */
static void
settle(const struct ingest *in)
{
	struct db *db = ours_open(in);
	struct err e = { 0 };
	int rc = db_checkpoint(db, 0, &e);
	struct stat st;

	check(rc >= 0, e.detail);
	check(stat(db->wal_path, &st) != 0 || st.st_size == 0,
	    "somebody reads or writes the log");
	db_close(db);
}

static void
throw_away(const struct ingest *in)
{
	const char *endings[] = { "-wal", "-shm" };

	for (size_t i = 0; i < countof(endings); i++)
		unlink(arena_fmt(in->turn, "%s%s", in->path, endings[i]).p);
	arena_reset(in->turn);
}

static void
put(struct ingest *in, struct govern *g, struct item *it)
{
	struct err e = { 0 };
	int rc = it->foreign ?
	    record_append_foreign(g, in->turn, &it->event, &e) :
	    record_append(g, in->turn, &it->event, &e);

	if (rc == 0 && it->foreign)
		rc = producer_event_insert(g->db, it->event.patch_id,
		    it->event.seq, &e);
	check(rc == 0, e.detail);
}

static size_t
warm_transactions(const struct ingest *in)
{
	return in->n / in->per / WARM;
}

static double
rate_of(const struct ingest *in, double took)
{
	return (double)(in->n - warm_transactions(in) * in->per) / took;
}

/* When the database itself was last written. */
static struct timespec
moved(const struct ingest *in)
{
	struct stat st;

	check(stat(in->path, &st) == 0, "the database is gone");
	return st.st_mtim;
}

static double
ours(struct ingest *in, struct bare *keep)
{
	struct timespec was = moved(in), is;
	struct govern g = { .db = ours_open(in) };
	size_t from = warm_transactions(in) * in->per;
	double began = now();
	struct err e = { 0 };

	if (keep)
		bare_record(keep, g.db->handle);
	for (size_t i = 0; i < in->n; i += in->per) {
		if (i == from)
			began = now();
		check(db_begin(g.db, &e) == 0, e.detail);
		for (size_t k = i; k < i + in->per && k < in->n; k++)
			put(in, &g, &in->items[k]);
		check(db_commit(g.db, &e) == 0, e.detail);
		arena_reset(in->turn);
	}
	began = now() - began;
	db_close(g.db);
	is = moved(in);
	check(was.tv_sec == is.tv_sec && was.tv_nsec == is.tv_nsec,
	    "the write-ahead log was moved, what was stored is there to stay:"
	    " fewer events, and a new database");
	throw_away(in);
	return rate_of(in, began);
}

static double
bare(struct ingest *in)
{
	const char *why = "";
	double took = bare_run(in->bare, in->path, in->full,
	    warm_transactions(in), &why);

	throw_away(in);
	check(took > 0, why);
	return rate_of(in, took);
}

static int64_t
number(const char *text)
{
	int64_t v = 0;

	check(str_int(str(text), &v) && v >= 1, "a number is missing");
	return v;
}

int
main(int argc, char **argv)
{
	struct ingest in = { .life = arena_new(), .turn = arena_new() };
	int64_t rounds;

	check(argc == 8, "see tests/bench/ingest, which runs this");
	in.path = argv[1];
	in.full = !strcmp(argv[4], "full");
	in.per = (size_t)number(argv[5]);
	in.n = (size_t)number(argv[6]) / in.per * in.per;
	rounds = number(argv[7]);
	items_make(&in, (uint64_t)number(argv[3]), number(argv[2]));
	settle(&in);
	in.bare = bare_new();
	ours(&in, in.bare);
	for (int64_t r = 0; r < rounds; r++) {
		double rate[2];

		/* who is first takes turns */
		for (int64_t k = 0; k < 2; k++)
			rate[(k + r) % 2] = (k + r) % 2 ? bare(&in) :
			    ours(&in, NULL);
		printf("%.1f\t%.1f\n", rate[0], rate[1]);
	}
	fprintf(stderr, "%.1f statements an event\n",
	    (double)bare_statements(in.bare) / (double)in.n);
	bare_free(in.bare);
	story_free(in.story);		/* the paths were its */
	arena_free(in.turn);
	arena_free(in.life);
	return 0;
}
