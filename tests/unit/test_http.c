/* What If-None-Match names, and the pieces in which a long answer leaves. */
#include "http/etag.h"
#include "tap.h"

static void
test_listed(void)
{
	static const struct { const char *list, *tag, *sent; } rows[] = {
		{ "\"a\"", "a", "\"a\"" },
		{ "W/\"a\"", "a", "W/\"a\"" },
		{ "\"b\", \"a\"", "a", "\"a\"" },
		{ "\"b\",W/\"a\",\"c\"", "a", "W/\"a\"" },
		{ " , \"b\" ,, \t\"a\" ", "a", "\"a\"" },
		{ "*", "a", "a" },
		{ " * ", "a", "a" },
		{ "\"a-gzip\"", "a", "\"a-gzip\"" },
		{ "W/\"a-br\"", "a", "W/\"a-br\"" },
		{ "\"a,b\"", "a,b", "\"a,b\"" },
		{ "\"b,\", \"a\"", "a", "\"a\"" },
		{ "\"\"", "", "\"\"" },
		{ "\"\xc3\xa9\", \"a\"", "a", "\"a\"" },
		{ NULL, "a", NULL },
		{ "", "a", NULL },
		{ ",", "a", NULL },
		{ "\"b\"", "a", NULL },
		{ "\"A\"", "a", NULL },
		{ "\"a\"", "ab", NULL },
		{ "\"ab\"", "a", NULL },
		{ "\"a-gzipped\"", "a", NULL },
		{ "\"a-\"", "a", NULL },
		{ "a", "a", NULL },
		{ "w/\"a\"", "a", NULL },
		{ "W/a", "a", NULL },
		{ "W/ \"a\"", "a", NULL },
		{ "\"a", "a", NULL },
		{ "\"", "a", NULL },
		{ "\"b\" \"a\"", "a", NULL },
		{ "\"b\", *", "a", NULL },
		{ "**", "a", NULL },
		{ "\"b c\", \"a\"", "a", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct str sent = STR_NONE;
		bool hit = etag_listed(str(rows[i].list), str(rows[i].tag),
		    &sent);

		is_str(hit ? sent : STR_NONE, rows[i].sent, "%s of %s",
		    rows[i].tag, rows[i].list ? rows[i].list : "(absent)");
	}
}

/* A gateway that counts, and is gone after so many pieces. */
struct sink {
	size_t pieces, bytes, largest, gone_after;
	bool last;
};

static bool
sink_send(void *to, struct str bytes, bool last)
{
	struct sink *s = to;

	if (s->gone_after && s->pieces == s->gone_after)
		return false;
	s->pieces++;
	s->bytes += bytes.len;
	if (bytes.len > s->largest)
		s->largest = bytes.len;
	s->last = last;
	return true;
}

static size_t
drain(struct response *r, size_t rows)
{
	size_t i = 0;

	r->status = 200;
	r->type = NDJSON_TYPE;
	do
		buf_adds(&r->body, "0123456789\n");
	while (++i < rows && response_drain(r));
	return i;
}

static void
test_drain(void)
{
	struct sink s = { 0 };
	struct response r = { .send = sink_send, .to = &s,
	    .body = BUF_INIT(MIB(256)), .headers = BUF_INIT(KIB(8)) };

	is_int(drain(&r, 1000000), 1000000, "a long answer is wanted");
	response_end(&r);
	ok(s.bytes > 11000000 && s.bytes < 11001000, "all of it leaves");
	ok(s.pieces < 11000000 / KIB(32) + 4, "in few pieces: %zu", s.pieces);
	ok(s.largest < KIB(34), "none is large: %zu", s.largest);
	ok(s.last, "and the last one is known as such");
	ok(r.body.cap <= KIB(64), "little is held: %zu", r.body.cap);
	buf_reset(&r.body);
	buf_reset(&r.headers);

	s = (struct sink){ 0 };
	r.streaming = r.drained = false;
	is_int(drain(&r, 10), 10, "a short one");
	response_end(&r);
	is_int(s.pieces, 1, "is one piece");
	ok(s.last, "which is the last");
	buf_reset(&r.body);
	buf_reset(&r.headers);

	s = (struct sink){ .gone_after = 3 };
	r.streaming = r.drained = false;
	ok(drain(&r, 1000000) < 20000, "it stops when the client is gone");
	ok(r.gone, "and says so");
	buf_reset(&r.body);
	buf_reset(&r.headers);

	s = (struct sink){ 0 };
	r.streaming = r.drained = r.gone = false;
	r.head = true;
	is_int(drain(&r, 1000000), 1, "a head alone needs one row");
	response_end(&r);
	is_int(s.pieces, 1, "and is one piece");
	ok(s.bytes < 200, "without it");
	buf_free(&r.body);
	buf_free(&r.headers);
}

static void
test_headers(void)
{
	static const struct { const char *prefer; bool async; } rows[] = {
		{ "HTTP_PREFER=respond-async", true },
		{ "HTTP_PREFER=Respond-Async", true },
		{ "HTTP_PREFER=wait=10, respond-async", true },
		{ "HTTP_PREFER=respond-async; x=1,return=minimal", true },
		{ "HTTP_PREFER=", false },
		{ "HTTP_PREFER=respond-asynchronously", false },
		{ "HTTP_PREFER=wait=10", false },
		{ "HTTP_PREFERS=respond-async", false },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(rows); i++) {
		char other[] = "HTTP_X_GITHUB_EVENT=issues";
		char *env[] = { arena_cstr(a, str(rows[i].prefer)), other,
		    NULL };
		struct request r = { .arena = a };

		request_from_env(&r, env);
		ok(request_prefers(&r, "respond-async") == rows[i].async,
		    "%s", rows[i].prefer);
		is_str(request_header(&r, "X-GitHub-Event"), "issues",
		    "any header is found");
		is_str(request_header(&r, "X-GitHub"), NULL,
		    "by its whole name");
	}
	arena_free(a);
}

/* A kind of error may have another status in one place than in others. */
static void
test_status(void)
{
	struct response r = { .body = BUF_INIT(KIB(8)),
	    .headers = BUF_INIT(KIB(8)) };
	struct err e;

	err_set(&e, ERR_BUSY, "a scan runs");
	is_int(err_http(&e), 503, "the kind's own status");
	err_status(&e, 409);
	response_problem(&r, &e, STR("id"));
	is_int(r.status, 409, "and the one that was said");
	ok(str_find(buf_str(&r.body), STR("\"status\":409")) < r.body.len,
	    "stands in the problem, too");
	ok(str_find(buf_str(&r.headers), STR("Retry-After")) ==
	    r.headers.len, "what goes with 503 does not");
	err_set(&e, ERR_BUSY, "again");
	is_int(err_http(&e), 503, "and is forgotten with the next");
	buf_free(&r.body);
	buf_free(&r.headers);
}

int
main(void)
{
	test_headers();
	test_status();
	test_listed();
	test_drain();
	return done_testing();
}
