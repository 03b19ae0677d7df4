/* Fill a log with a year of a factory's work: ours, by the functions that the
 * programs use, and the flat table of the specification.  See tests/bench/seed,
 * which is what people run. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "seed_flat.h"
#include "seed_ours.h"

#define EVERY_SECONDS 2.0

struct options {
	const char *out, *flat, *migrations;
	int64_t patches, seed, per_transaction;
};

struct filling {
	struct ours ours;		/* g.db NULL: not wanted */
	struct flat *flat;		/* NULL: not wanted */
	struct story *story;
	struct arena *turn;
	int64_t patches, events;
	double began, told;
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
usage(int status)
{
	fputs("usage: seed_log --patches N [--seed S] [--out FILE]"
	    " [--flat FILE]\n                [--per-transaction EVENTS]"
	    " --migrations DIR\n", status ? stderr : stdout);
	exit(status);
}

static int64_t
number(const char *text, int64_t least)
{
	int64_t v;

	if (!str_int(str(text), &v) || v < least) {
		fprintf(stderr, "seed_log: %s is no such number\n", text);
		exit(2);
	}
	return v;
}

static struct options
options_read(int argc, char **argv)
{
	static const struct option known[] = {
		{ "patches", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "out", required_argument, NULL, 'o' },
		{ "flat", required_argument, NULL, 'f' },
		{ "migrations", required_argument, NULL, 'm' },
		{ "per-transaction", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct options o = { .seed = 1, .per_transaction = 5000 };
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (c) {
		case 'n': o.patches = number(optarg, 1); break;
		case 's': o.seed = number(optarg, 0); break;
		case 'o': o.out = optarg; break;
		case 'f': o.flat = optarg; break;
		case 'm': o.migrations = optarg; break;
		case 't': o.per_transaction = number(optarg, 1); break;
		default: usage(c == 'h' ? 0 : 2);
		}
	if (optind < argc || !o.patches || (!o.out && !o.flat) ||
	    (o.out && !o.migrations))
		usage(2);
	return o;
}

static void
progress(struct filling *f, const struct options *o, bool last)
{
	double at = now();

	if (!last && at - f->told < EVERY_SECONDS)
		return;
	if (last || isatty(STDERR_FILENO) || at - f->told > 15 * EVERY_SECONDS) {
		fprintf(stderr, "%s%lld of %lld patches, %lld events,"
		    " %.0f events/s%s", isatty(STDERR_FILENO) ? "\r" : "",
		    (long long)f->patches, (long long)o->patches,
		    (long long)f->events, (double)f->events / (at - f->began),
		    last || !isatty(STDERR_FILENO) ? "\n" : "  ");
		f->told = at;
	}
}

static int
chapter_put(struct filling *f, struct chapter *c, struct err *e)
{
	if (f->ours.g.db && ours_put(&f->ours.g, f->turn, c, e) != 0)
		return -1;
	return f->flat ? flat_put(f->flat, c, e) : 0;
}

/* 1: there is more to come. */
static int
transaction(struct filling *f, int64_t events, struct err *e)
{
	int64_t until = f->events + events;
	struct chapter c;
	bool more = true;

	if ((f->ours.g.db && db_begin(f->ours.g.db, e) != 0) ||
	    (f->flat && flat_begin(f->flat, e) != 0))
		return -1;
	while (f->events < until && (more = story_next(f->story, f->turn, &c))) {
		if (chapter_put(f, &c, e) != 0)
			return -1;
		f->patches += c.patches;
		f->events += c.message.type != EVENT_NONE ? 1 : (int64_t)c.n;
		arena_reset(f->turn);
	}
	if ((f->ours.g.db && db_commit(f->ours.g.db, e) != 0) ||
	    (f->flat && flat_commit(f->flat, e) != 0))
		return -1;
	return more;
}

static int
fill(struct filling *f, const struct options *o, struct err *e)
{
	int rc = 1;

	if (o->out && ours_create(&f->ours, o->out, o->migrations,
	    (uint64_t)o->seed, f->turn, e) != 0)
		return -1;
	if (o->flat && flat_create(&f->flat, o->flat, e) != 0)
		return -1;
	f->began = f->told = now();
	while (rc > 0) {
		rc = transaction(f, o->per_transaction, e);
		progress(f, o, rc <= 0);
	}
	if (rc == 0 && f->ours.g.db)
		rc = ours_close(&f->ours, e);
	if (rc == 0 && f->flat)
		rc = flat_close(f->flat, e);
	return rc;
}

int
main(int argc, char **argv)
{
	struct options o = options_read(argc, argv);
	struct filling f = { .turn = arena_new() };
	struct err e = { 0 };
	int rc;

	f.story = story_new((uint64_t)o.seed, o.patches, SEED_END_MS);
	rc = fill(&f, &o, &e);
	if (rc != 0)
		fprintf(stderr, "seed_log: %s\n", e.detail);
	story_free(f.story);
	arena_free(f.turn);
	return rc == 0 ? 0 : 1;
}
