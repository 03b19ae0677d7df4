/* A program for the tests of src/http: answers that may be had already, and
 * answers that are long.  HTTP_APP_NOTES is a file for what only it knows,
 * HTTP_APP_GO one that `follow` waits for. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "http/app.h"
#include "http/etag.h"

static void
note(const char *what, int64_t n)
{
	const char *path = getenv("HTTP_APP_NOTES");
	FILE *f = path ? fopen(path, "a") : NULL;

	if (!f)
		return;
	fprintf(f, "%s %lld\n", what, (long long)n);
	fclose(f);
}

static int
tagged(struct call *c, struct err *e)
{
	(void)e;
	if (etag_unchanged(c, c->param[0]))
		return 0;
	note("made", 1);
	buf_adds(&c->resp->body, "{\"ok\":true}\n");
	return 0;
}

/* Fails after it looked whether the answer is the same. */
static int
tagged_fails(struct call *c, struct err *e)
{
	if (etag_unchanged(c, STR("v1")))
		return 0;
	return err_set(e, ERR_NOT_FOUND, "it is not there");
}

/* Rows, as the parameters say: how many, and which one cannot be made. */
static int
rows(struct call *c, struct err *e)
{
	struct buf *b = &c->resp->body;
	int64_t n = 0, bad = 0;

	c->resp->type = str_is(c->param[0], "csv") ? "text/csv" : NDJSON_TYPE;
	str_int(c->param[1], &n);
	str_int(c->param[2], &bad);
	for (int64_t i = 1; i <= n; i++) {
		buf_addf(b, "{\"row\":%lld,", (long long)i);
		if (i == bad)
			return err_set(e, ERR_BUSY, "row %lld", (long long)i);
		buf_addf(b, "\"cap\":%zu}\n", b->cap);
		if (!response_drain(c->resp)) {
			note(c->resp->gone ? "gone" : "unwanted", i);
			return 0;
		}
	}
	return 0;
}

static int
follow(struct call *c, struct err *e)
{
	const char *go = getenv("HTTP_APP_GO");
	int64_t until = clock_mono_ms() + 60000;
	struct stat st;

	c->resp->type = NDJSON_TYPE;
	buf_adds(&c->resp->body, "first\n");
	response_flush(c->resp);
	while (go && stat(go, &st) != 0) {
		if (clock_mono_ms() > until)
			return err_set(e, ERR_INTERNAL, "nobody came");
		clock_sleep_ms(5);
	}
	buf_adds(&c->resp->body, "second\n");
	return 0;
}

/* Its third row is larger than may be held. */
static int
large(struct call *c, struct err *e)
{
	struct buf *b = &c->resp->body;

	(void)e;
	c->resp->type = NDJSON_TYPE;
	b->max = KIB(64);
	for (int64_t i = 1; i <= 9; i++) {
		size_t size = i == 3 ? KIB(65) : str_is(c->param[0], "late") ?
		    KIB(40) : 10;
		char *text = arena_bytes(c->arena, size);

		memset(text, 'x', size);
		buf_add(b, str_n(text, size));
		buf_addc(b, '\n');
		if (!response_drain(c->resp))
			return 0;
	}
	return 0;
}

static void
confine(void *ctx)
{
	(void)ctx;
}

static bool
spent(void *ctx)
{
	(void)ctx;
	return false;
}

int
main(int argc, char **argv)
{
	static const struct route routes[] = {
		{ "GET", "/tagged/{tag}", NULL, BODY_NONE, tagged, "An answer of that version." },
		{ "POST", "/tagged/{tag}", NULL, BODY_NONE, tagged, "Nothing that could be kept." },
		{ "GET", "/fails", NULL, BODY_NONE, tagged_fails, "A fault." },
		{ "GET", "/rows/{type}/{n}/{bad}", NULL, BODY_NONE, rows, "Many rows." },
		{ "GET", "/follow", NULL, BODY_NONE, follow, "Two rows, the second later." },
		{ "GET", "/large/{when}", NULL, BODY_NONE, large, "A row too large." },
		{ "GET", "/healthz", NULL, BODY_NONE, tagged, "Is it up?" },
		{ 0 }
	};
	struct app app = { .name = "http_app", .routes = routes,
	    .body_bytes = KIB(64), .confine = confine, .spent = spent };

	return app_main(&app, argc, argv);
}
