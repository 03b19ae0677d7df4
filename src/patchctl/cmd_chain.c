#include "patchctl/command.h"

#include <stdio.h>

#include "json/json_writer.h"
#include "patchctl/progress.h"
#include "store/chain.h"

#define JOBS_MAX 64

/* The database for reading alone: nothing is finished or undone by looking. */
static int
open_for_reading(struct command_line *l, struct db **db, struct err *e)
{
	const struct db_options o = { .mode = DB_RO,
	    .path = arena_cstr(l->a, l->cfg.database),
	    .busy_ms = (int)l->cfg.busy_ms };

	return db_open(&o, false, db, e);
}

static void
put_speed(struct json_writer *w, int64_t bytes, int64_t us)
{
	json_key(w, "bytes");
	json_put_int(w, bytes);
	json_key(w, "seconds");
	json_put_double(w, (double)us / 1e6);
	json_key(w, "mb_per_second");
	json_put_double(w, progress_rate(bytes, us));
}

static void
verdict_tell(struct command_line *l, const struct chain_verdict *v,
    struct str epoch, int64_t us)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);

	if (!l->json) {
		printf("%lld events, the hash chain holds",
		    (long long)v->rows);
		if (v->sealed)
			printf("; %lld more are sealed", (long long)v->sealed);
		printf(" (%.1f MB in %.2f s, %.0f MB/s)\n",
		    (double)v->bytes / 1e6, (double)us / 1e6,
		    progress_rate(v->bytes, us));
		return;
	}
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "events");
	json_put_int(&w, v->rows);
	json_key(&w, "sealed");
	json_put_int(&w, v->sealed);
	json_key(&w, "epoch");
	json_put_str(&w, epoch);
	put_speed(&w, v->bytes, us);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static int
jobs_parse(const char *text, unsigned *out, struct err *e)
{
	int64_t n;

	if (!text)
		return 0;
	if (!str_int(str(text), &n) || n < 1 || n > JOBS_MAX)
		return err_set(e, ERR_USAGE, "--jobs takes a number from 1 to"
		    " %d", JOBS_MAX);
	*out = (unsigned)n;
	return 0;
}

static int
verify(struct command_line *l, struct err *e)
{
	const char *jobs = NULL;
	const struct option_row options[] = {
		{ .name = "jobs", .value = &jobs },
	};
	struct chain_verdict v = { 0 };
	struct progress shown;
	const struct chain_progress p = { progress_tell, &shown };
	struct db *db = NULL;
	unsigned threads = 0;
	int64_t us;
	int rc;

	if (command_options(l, options, countof(options), e) != 0 ||
	    jobs_parse(jobs, &threads, e) != 0)
		return -1;
	if (open_for_reading(l, &db, e) != 0)
		return -1;
	progress_begin(&shown, "events");
	rc = chain_verify(db, threads, &p, &v, e);
	us = progress_end(&shown);
	if (rc == 0 && v.first_bad)
		rc = err_set(e, ERR_CHAIN_BROKEN, "event %lld: %s",
		    (long long)v.first_bad, v.what);
	if (rc == 0)
		verdict_tell(l, &v, db_epoch(db), us);
	db_close(db);
	return rc;
}

const struct command chain_commands[] = {
	{ "db verify", "[--jobs N] [--json]", verify, "Walk the hash chain of the event stream.", "Exit status 1 and the first bad event when it does not hold.\nN threads look at a piece each; without it one for each processor.", false, NULL },
	{ 0 }
};
