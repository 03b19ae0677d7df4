/* source_drive.c - read one source of log lines once, as a scan does, and tell
 * about it in a line of JSON; or judge what was found.
 *
 *	source_drive NAME	a row of source_rows[]
 *	source_drive judge
 *	source_drive rows	which are configured */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ops/ingest.h"
#include "ops/judge.h"
#include "ops/source.h"
#include "tracker/scan.h"

#define FIRST_MS INT64_C(86400000)

static void
put(struct json_writer *w, const char *key, struct str text)
{
	json_key(w, key);
	json_put_str(w, text);
}

static void
put_int(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	json_put_int(w, n);
}

static void
tell(const struct source_row *row, const struct source_run *r,
    const struct err *why, const struct scan_totals *t)
{
	struct buf out = BUF_INIT(MIB(1));
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	put(&w, "source", str(row->name));
	put(&w, "error", str_some(str(why->detail)));
	put(&w, "at", str(why->at));
	put(&w, "notes", buf_str(r->notes));
	put(&w, "cursor", r->src->cursor);
	put_int(&w, "worker_logs", t->worker_logs);
	put_int(&w, "build_logs", t->build_logs);
	put_int(&w, "lines", t->lines);
	put_int(&w, "repeated", t->repeated);
	put_int(&w, "passed", t->passed);
	put_int(&w, "issues_opened", t->issues_opened);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static int
read_row(struct ops *o, const struct source_row *row, struct err *e)
{
	struct buf notes = BUF_INIT(KIB(64));
	struct log_source src = { .name = str(row->name), .read_ms = -1 };
	struct ingest in;
	struct source_run r = { .o = o, .a = arena_new(), .in = &in,
	    .src = &src, .to_ms = clock_now_ms(), .notes = &notes };
	struct err why = { 0 };
	int known = source_get(o->g->db, r.a, src.name, &src, e);
	int rc;

	if (known < 0)
		return -1;
	r.from_ms = known ? src.covered_ms - row->overlap_ms :
	    r.to_ms - FIRST_MS;
	ingest_begin(&in, o);
	in.source = &src;
	rc = row->read(&r, &why);
	src.covered_ms = rc == 0 ? r.to_ms : known ? src.covered_ms :
	    r.from_ms;
	src.read_ms = clock_now_ms();
	if (ingest_flush(&in, e) != 0)
		return -1;
	tell(row, &r, &why, &in.totals);
	ingest_end(&in);
	arena_free(r.a);
	buf_free(&notes);
	return 0;
}

static int
run(struct ops *o, const char *what, struct err *e)
{
	int64_t reviewed;

	if (!strcmp(what, "judge")) {
		if (ops_judge(o, 300000, &reviewed, e) != 0)
			return -1;
		printf("{\"reviewed\":%lld}\n", (long long)reviewed);
		return 0;
	}
	for (const struct source_row *row = source_rows; row->name; row++) {
		if (!strcmp(what, "rows") && row->configured(o->g->cfg))
			puts(row->name);
		if (!strcmp(what, row->name))
			return read_row(o, row, e);
	}
	return strcmp(what, "rows") == 0 ? 0 : err_set(e, ERR_USAGE,
	    "there is no source %s", what);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct err e = { 0 };
	struct config cfg;
	struct govern g;
	struct ops o;
	int rc;

	if (argc != 2 || config_load(NULL, a, &cfg, &e) != 0) {
		fprintf(stderr, "%s\n", argc == 2 ? e.detail : "usage");
		return 2;
	}
	govern_init(&g, &cfg, DB_RW);
	rc = govern_ready(&g, a, &e);
	if (rc == 0)
		rc = ops_open(&o, &g, &e);
	if (rc == 0) {
		rc = run(&o, argv[1], &e);
		ops_close(&o);
	}
	govern_close(&g);
	arena_free(a);
	if (rc != 0)
		fprintf(stderr, "%s: %s %s\n", err_row(e.kind)->code, e.at,
		    e.detail);
	return rc != 0;
}
