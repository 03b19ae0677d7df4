/* What comes back from servers, without one. */
#include "remote/chat.h"
#include "remote/cloudflare.h"
#include "remote/core_api.h"
#include "tap.h"

static void
objects(void)
{
	static const struct { const char *name, *text, *object; } rows[] = {
		{ "alone", "{\"a\":1}", "{\"a\":1}" },
		{ "with blanks", " \n{\"a\":1}\n ", "{\"a\":1}" },
		{ "in a fence", "Sure:\n```json\n{\"a\":{}}\n```\nBye", "{\"a\":{}}" },
		{ "behind a word", "answer={}", "{}" },
		{ "none", "no object", NULL },
		{ "empty", "", NULL },
		{ "not closed", "{\"a\":1", NULL },
		{ "closed before it begins", "} {", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct str got = chat_object(str(rows[i].text));

		ok(rows[i].object ? str_is(got, rows[i].object) : !got.p,
		    "an object %s", rows[i].name);
	}
}

static void
ids(void)
{
	struct arena *a = arena_new();
	struct str x[] = { STR("api"), STR("boom") };
	struct str y[] = { STR("apib"), STR("oom") };
	struct line_ids *one = line_ids_new(a, 3), *two = line_ids_new(a, 3);
	struct str first = line_id(one, a, x, 2), second = line_id(one, a, x,
	    2), other = line_id(one, a, y, 2);

	ok(!str_eq(first, second), "the same text twice is two lines");
	ok(!str_eq(first, other), "parts are kept apart");
	ok(str_eq(first, line_id(two, a, x, 2)), "in another answer the "
	    "first is the first");
	ok(str_eq(second, line_id(two, a, x, 2)), "and the second the second");
	arena_free(a);
}

static struct err
refused(int status, const char *type, const char *body)
{
	const struct json_api api = { .name = "X", .token = STR("s3cr3t-t0ken") };
	struct json_answer got = { .status = status, .type = str(type),
	    .retry_after_s = -1 };
	struct arena *a = arena_new();
	struct err e = { 0 };

	if (body && json_parse(str(body), a, &got.doc, &e) != 0)
		bail_out("no JSON");
	json_api_refused(&api, &got, &e);
	json_doc_free(got.doc);
	arena_free(a);
	return e;
}

static void
refusals(void)
{
	static const struct {
		int status;
		const char *body, *says;
		enum err_kind kind;
	} rows[] = {
		{ 500, "{}", "X answered 500", ERR_UNREACHABLE },
		{ 500, "null", "X answered 500", ERR_UNREACHABLE },
		{ 500, "[17]", "X answered 500", ERR_UNREACHABLE },
		{ 500, "\"sorry\"", "X answered 500: sorry", ERR_UNREACHABLE },
		{ 500, NULL, "X answered 500 with text/html that is no JSON", ERR_UNREACHABLE },
		{ 400, "{\"error\":{\"message\":\"bad\"}}", "X answered 400: bad", ERR_UNREACHABLE },
		{ 400, "{\"error\":\"bad\"}", "X answered 400: bad", ERR_UNREACHABLE },
		{ 400, "{\"errors\":[{\"code\":1,\"message\":\"a\\nb\\u001b\"}]}", "X answered 400: a b ", ERR_UNREACHABLE },
		{ 400, "{\"errors\":[]}", "X answered 400", ERR_UNREACHABLE },
		{ 400, "{\"error\":{\"message\":\"s3cr3t-t0ken is bad\"}}", "X answered 400", ERR_UNREACHABLE },
		{ 401, "{\"detail\":\"who\"}", "X answered 401: who; its token is missing, wrong, or may not do this", ERR_CONFIG },
		{ 400, "{\"error\":{\"error\":{\"error\":{\"error\":{\"error\":\"deep\"}}}}}", "X answered 400", ERR_UNREACHABLE },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct err e = refused(rows[i].status, "text/html",
		    rows[i].body);

		ok(!strcmp(e.detail, rows[i].says), "%s: %s", rows[i].says,
		    e.detail);
		ok(e.kind == rows[i].kind, "its kind");
	}
}

/* A long text is cut between characters. */
static void
long_refusal(void)
{
	struct buf body = BUF_INIT(KIB(2));
	struct err e;

	buf_adds(&body, "{\"error\":\"");
	for (int i = 0; i < 300; i++)
		buf_adds(&body, "\u00e4");
	buf_adds(&body, "\"}");
	e = refused(400, "", body.p);
	buf_free(&body);
	ok(strlen(e.detail) < 330 && strlen(e.detail) > 300 &&
	    (unsigned char)e.detail[strlen(e.detail) - 1] == 0xa4,
	    "a long answer is cut behind a character");
}

static void
accounts(void)
{
	ok(cloudflare_check(STR("0123456789abcdef0123456789ABCDEF"), NULL) ==
	    0, "an account");
	ok(cloudflare_check(STR("0123456789abcdef0123456789abcde"), NULL) != 0,
	    "one digit less is none");
	ok(cloudflare_check(STR("../0123456789abcdef0123456789abc"), NULL) !=
	    0, "a path is none");
	ok(cloudflare_check(STR(""), NULL) != 0, "nothing is none");
}

static void
addresses(void)
{
	struct json_api api = { .name = "X", .base = STR("https://h/v1//") };
	struct err e = { 0 };

	ok(json_api_open(&api, &e) == 0 && str_is(api.base, "https://h/v1"),
	    "slashes at the end of an address go");
	json_api_close(&api);
	api.base = STR("ftp://h");
	ok(json_api_open(&api, &e) != 0 && e.kind == ERR_CONFIG,
	    "another scheme is refused");
	json_api_close(&api);
}

int
main(void)
{
	objects();
	ids();
	refusals();
	long_refusal();
	accounts();
	addresses();
	return done_testing();
}
