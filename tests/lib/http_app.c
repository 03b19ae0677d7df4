/* A program for the tests of src/http: answers that may be had already.
 * HTTP_APP_NOTES is a file for what only it knows. */
#include <stdio.h>
#include <stdlib.h>

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
		{ "GET", "/healthz", NULL, BODY_NONE, tagged, "Is it up?" },
		{ 0 }
	};
	struct app app = { .name = "http_app", .routes = routes,
	    .body_bytes = KIB(64), .confine = confine, .spent = spent };

	return app_main(&app, argc, argv);
}
