/* Lines of one defect, and of two. */
#include "logs/grouper.h"
#include "json/json_reader.h"
#include "tap.h"

#define TRACE(n, msg) "TypeError: " msg "\n" \
	"    at total (/home/run" n "/work/shop/src/cart.js:1" n ":5)\n" \
	"    at pay (/home/run" n "/work/shop/src/pay.js:2" n ":9)"

#define WORKER(text) { .kind = LINE_WORKER, .level = LINE_ERROR, \
	.source = STR("push"), .worker = STR("api"), .message = STR(text) }
#define BUILD(job_, text) { .kind = LINE_BUILD, .level = LINE_ERROR, \
	.source = STR("github"), .repo = STR("o/r"), .workflow = STR("ci"), \
	.job = STR(job_), .step = STR("test"), .message = STR(text) }

static const struct { const char *name; struct log_line a, b; bool one; } rows[] = {
	{ "the same", WORKER("cannot pay order 1"), WORKER("cannot pay order 1"), true },
	{ "another order", WORKER("cannot pay order 1"), WORKER("cannot pay order 2"), true },
	{ "one word of a line", WORKER("cannot reach billing at 10.0.0.1 for order 5"),
	    WORKER("cannot reach payments at 10.0.0.2 for order 6"), true },
	{ "its first word", WORKER("Failed to reach billing for the order 5"),
	    WORKER("Unable to reach billing for the order 6"), true },
	{ "another statement", WORKER("cannot pay order 1"), WORKER("the disk is full now"), false },
	{ "a trace, another run", WORKER(TRACE("1", "x is 17")), WORKER(TRACE("2", "x is 17")), true },
	{ "a trace, other words altogether", WORKER(TRACE("1", "x is not a function")),
	    WORKER(TRACE("2", "this.total gave undefined")), true },
	{ "a trace, another type", WORKER(TRACE("1", "x")),
	    WORKER("RangeError: x\n    at total (/a/src/cart.js:1:5)\n"
	    "    at pay (/a/src/pay.js:2:9)"), false },
	{ "a trace, another place", WORKER(TRACE("1", "x")),
	    WORKER("TypeError: x\n    at refund (/a/src/cart.js:1:5)\n"
	    "    at pay (/a/src/pay.js:2:9)"), false },
	{ "another job", BUILD("test", "it broke here"), BUILD("lint", "it broke here"), false },
	{ "another value of the matrix", BUILD("test (18, linux)", "it broke here"),
	    BUILD("test (20, mac)", "it broke here"), true },
	{ "a build and a service", BUILD("test", "it broke here"), WORKER("it broke here"), false },
};

static void
check_pairs(void)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct drain *d = drain_new(NULL);
		struct grouper *g = grouper_new(d);
		struct group_hit a, b;
		struct err e = { 0 };

		if (grouper_add(g, &rows[i].a, &a, &e) != 0 ||
		    grouper_add(g, &rows[i].b, &b, &e) != 0)
			printf("# %s\n", e.detail);
		ok((strcmp(a.fp.hex, b.fp.hex) == 0) == rows[i].one, "%s",
		    rows[i].name);
		grouper_free(g);
		drain_free(d);
	}
}

/* What is no part of it: ids of runs, times, levels, the source's own group. */
static void
check_runs(void)
{
	struct drain *d = drain_new(NULL);
	struct grouper *g = grouper_new(d);
	char first[FINGERPRINT_HEX + 1] = "";
	int differ = 0;

	for (int i = 0; i < 10; i++) {
		char run[16], text[128];
		struct log_line l = BUILD("test", "");
		struct group_hit hit;

		snprintf(run, sizeof(run), "77%d", i);
		snprintf(text, sizeof(text), "2024-05-0%dT10:00:0%d.5Z "
		    "not ok %d - pays in %d ms", 1 + i % 9, i, i, 17 * i);
		l.run_id = l.id = l.group = str(run);
		l.ts = 1000 * i;
		l.message = str(text);
		grouper_add(g, &l, &hit, NULL);
		if (i == 0)
			memcpy(first, hit.fp.hex, sizeof(first));
		differ += strcmp(first, hit.fp.hex) != 0;
	}
	is_int(differ, 0, "ten runs of one defect are one");
	grouper_free(g);
	drain_free(d);
}

static void
check_inputs(void)
{
	struct log_line l = BUILD("test (18)", "Error \"it\" broke 7 times");
	struct drain *d = drain_new(NULL);
	struct grouper *g = grouper_new(d);
	struct arena *a = arena_new();
	struct json_doc *doc;
	struct group_hit hit;
	struct err e = { 0 };

	l.error_type = STR("Failure");
	grouper_add(g, &l, &hit, &e);
	ok(str_is(hit.fp.inputs, "{\"error\":\"Failure\",\"job\":\"test\","
	    "\"kind\":\"build-log\",\"repo\":\"o/r\",\"source\":\"github\","
	    "\"step\":\"test\",\"template\":\"Error \\\"it\\\" broke <num> times\","
	    "\"v\":1,\"workflow\":\"ci\"}"), "inputs of a template");
	ok(str_is(hit.fp.title, "Failure: Error \"it\" broke <num> times"),
	    "a title");
	/* Of the inputs, by sha256sum: stored ones must be found again. */
	is_str(str(hit.fp.hex), "e410a19b2403188afb56d3d864510827",
	    "the hash of version 1 stays");

	l = (struct log_line)WORKER(TRACE("1", "x"));
	grouper_add(g, &l, &hit, &e);
	ok(hit.traced && str_is(hit.fp.inputs, "{\"error\":\"TypeError\","
	    "\"frames\":[\"total@src/cart.js\",\"pay@src/pay.js\"],"
	    "\"kind\":\"worker-log\",\"service\":\"api\",\"source\":\"push\","
	    "\"v\":1}"), "inputs of a trace");

	l.message = STR(" \n\t ");
	ok(grouper_add(g, &l, &hit, &e) == -1 && e.kind == ERR_INVALID,
	    "no message is refused");

	struct buf long_text = BUF_INIT(KIB(64));

	for (int i = 0; i < 300; i++)
		buf_adds(&long_text, "\"\\für\x01 ");
	l.message = buf_str(&long_text);
	grouper_add(g, &l, &hit, &e);
	ok(hit.fp.title.len <= 120 && str_ends(hit.fp.title, STR("…")),
	    "a title is cut at a character");
	ok(json_parse(hit.fp.inputs, a, &doc, &e) == 0, "inputs are JSON");
	json_doc_free(doc);
	buf_free(&long_text);
	arena_free(a);
	grouper_free(g);
	drain_free(d);
}

static int
copy(void *to, const struct drain_row *row, struct err *e)
{
	return drain_load(to, row, e);
}

/* A template that was widened, and a new process: the same fingerprint. */
static void
check_restart(void)
{
	struct drain *d = drain_new(NULL), *next = drain_new(NULL);
	struct grouper *g = grouper_new(d);
	struct log_line l = WORKER("the user ann has no cart");
	struct group_hit hit;
	char first[FINGERPRINT_HEX + 1];

	grouper_add(g, &l, &hit, NULL);
	memcpy(first, hit.fp.hex, sizeof(first));
	l.message = STR("the user bob has no cart");
	grouper_add(g, &l, &hit, NULL);
	ok(hit.drain.widened, "it was widened");
	drain_changed(d, copy, next, NULL);
	grouper_free(g);
	drain_free(d);
	g = grouper_new(next);
	l.message = STR("the user eve has no cart");
	grouper_add(g, &l, &hit, NULL);
	ok(strcmp(first, hit.fp.hex) == 0, "a restart changes no fingerprint");
	grouper_free(g);
	drain_free(next);
}

int
main(void)
{
	check_pairs();
	check_runs();
	check_inputs();
	check_restart();
	return done_testing();
}
