/* Addresses, Link headers, heads of answers, signatures, and how much GitHub
 * may be asked. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/sign.h"
#include "remote/gate_rules.h"
#include "remote/https_head.h"
#include "tap.h"

static void
test_url(void)
{
	static const struct {
		const char *url, *host;	/* NULL: refused */
		int64_t port;
		bool secure, here;
	} rows[] = {
		{ "https://api.github.com", "api.github.com", 443, true, false },
		{ "https://api.github.com/x?y#z", "api.github.com", 443, true, false },
		{ "http://127.0.0.1:8080/", "127.0.0.1", 8080, false, true },
		{ "http://127.9.9.9", "127.9.9.9", 80, false, true },
		{ "http://localhost?x", "localhost", 80, false, true },
		{ "https://[::1]:9/x", "[::1]", 9, true, true },
		{ "http://[fe80::1]", "[fe80::1]", 80, false, false },
		{ "http://127.0.0.1.evil.example", "127.0.0.1.evil.example", 80, false, false },
		{ "http://127.evil", "127.evil", 80, false, false },
		{ "http://127.0.0", "127.0.0", 80, false, false },
		{ "http://localhost.evil", "localhost.evil", 80, false, false },
		{ "https://user@host", NULL, 0, false, false },
		{ "https://user:pw@host/", NULL, 0, false, false },
		{ "https://api.github.com@evil", NULL, 0, false, false },
		{ "https://api.github.com\\@evil", NULL, 0, false, false },
		{ "https://a%2eb", NULL, 0, false, false },
		{ "https://host:", NULL, 0, false, false },
		{ "https://host:0", NULL, 0, false, false },
		{ "https://host:65536", NULL, 0, false, false },
		{ "https://host:8x", NULL, 0, false, false },
		{ "https://ho st", NULL, 0, false, false },
		{ "https://host/\r\nX: y", NULL, 0, false, false },
		{ "https://[::1", NULL, 0, false, false },
		{ "https://[]", NULL, 0, false, false },
		{ "https://", NULL, 0, false, false },
		{ "https:///x", NULL, 0, false, false },
		{ "ftp://host", NULL, 0, false, false },
		{ "host", NULL, 0, false, false },
		{ "", NULL, 0, false, false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct https_url u;
		struct err e = { 0 };
		int rc = https_url_read(str(rows[i].url), &u, &e);

		ok(rows[i].host ? rc == 0 && str_is(u.host, rows[i].host) &&
		    u.port == rows[i].port && u.secure == rows[i].secure &&
		    https_url_here(&u) == rows[i].here :
		    rc == -1 && e.kind == ERR_USAGE, "address %s",
		    rows[i].url);
	}
}

static void
test_same(void)
{
	static const struct { const char *a, *b; bool same; } rows[] = {
		{ "https://A.b", "https://a.B:443/x", true },
		{ "https://a.b", "http://a.b:443", false },
		{ "https://a.b", "https://a.b:444", false },
		{ "https://a.b", "https://a.bc", false },
		{ "https://a.b", "https://c.b", false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct https_url a, b;

		ok(https_url_read(str(rows[i].a), &a, NULL) == 0 &&
		    https_url_read(str(rows[i].b), &b, NULL) == 0 &&
		    https_url_same(&a, &b) == rows[i].same, "%s %s %s",
		    rows[i].a, rows[i].same ? "is" : "is not", rows[i].b);
	}
	is_str(https_url_shown(STR("https://h/p?sig=s")), "https://h/p",
	    "a query is not shown");
}

static void
test_link(void)
{
	static const struct { const char *link, *next; } rows[] = {
		{ "<https://h/?page=2>; rel=\"next\"", "https://h/?page=2" },
		{ "<a>; rel=\"prev\", <b,c;d>; rel=\"next\"", "b,c;d" },
		{ "<a>; title=\"x, <z>; y\"; rel=next, <b>; rel=last", "a" },
		{ "<a>; REL=\"last next\"", "a" },
		{ "<a>; rel=\"nextish\"", NULL }, { "<a>; rel=\"last\"", NULL },
		{ "<a", NULL }, { "<>; rel=next", NULL }, { "", NULL },
		{ ";;,,<", NULL }, { "<a>;rel=\"next", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++)
		is_str(https_link_next(str(rows[i].link)), rows[i].next,
		    "link %s", rows[i].link);
}

static void
test_head(void)
{
	struct arena *a = arena_new();
	struct https_answer got = https_head_none();
	static const char *const lines[] = {
		"HTTP/1.1 103 Early Hints\r\n", "Link: <early>; rel=next\r\n",
		"HTTP/2 200\r\n", "content-type: Application/JSON ; x=y\r\n",
		"ETAG: W/\"1\"\r\n", "x-ratelimit-remaining:  17 \r\n",
		"X-RateLimit-Reset: 99999999999999999999\r\n",
		"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		"Location: https://h/\r\n", "Retry-After: 120\r\n",
		"nonsense\r\n", "\r\n",
	};

	clock_stop(INT64_C(784111777000) - 60000);
	for (size_t i = 0; i < countof(lines); i++)
		https_head_line(&got, a, str(lines[i]));
	is_str(got.type, "Application/JSON", "the type without parameters");
	is_str(got.etag, "W/\"1\"", "the tag");
	is_str(got.next, NULL, "what came before the answer is not of it");
	is_str(got.location, "https://h/", "the location");
	is_int(got.limit_remaining, 17, "the rest of the limit");
	is_int(got.limit_reset_s, -1, "a number that is none is not said");
	is_int(got.date_s, 784111777, "the date");
	is_int(got.retry_after_s, 120, "seconds to wait");
	https_head_line(&got, a, STR("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"));
	is_int(got.retry_after_s, 60, "until when to wait");
	https_head_line(&got, a, STR("Retry-After: Sun, 06 Nov 1993 08:49:37 GMT"));
	is_int(got.retry_after_s, 0, "until when that is over");
	https_head_line(&got, a, STR("Retry-After: -5"));
	is_int(got.retry_after_s, -1, "less than nothing");
	https_head_line(&got, a, STR("Retry-After: Sun, 46 Now 1994 88:49:37 GMT"));
	is_int(got.retry_after_s, -1, "no date");
	clock_stop(-1);
	is_str(https_escape(a, STR("a b/c&\xc3\xa9~-._%")),
	    "a%20b%2Fc%26%C3%A9~-._%25", "a part of an address");
	arena_free(a);
}

static void
test_sign(void)
{
	struct arena *a = arena_new();
	struct str out;
	struct err e = { 0 };

	is_str(sha256_hex(a, hmac_sha256(STR("It's a Secret to Everybody"),
	    STR("Hello, World!"))), "757107ea0eb2509fc211221cce984b8a"
	    "37570b6d7586c22c46f4379c8b043e17", "GitHub's own example");
	is_str(sha256_hex(a, hmac_sha256(STR("Jefe"),
	    STR("what do ya want for nothing?"))), "5bdcc146bf60754e6a042426"
	    "089575c75a003f089d2739839dec58b964ec3843", "RFC 4231, case 2");
	ok(rs256_sign(a, STR("no key"), STR("x"), &out, &e) == -1 &&
	    e.kind == ERR_CONFIG, "what is no key does not sign");
	arena_free(a);
}

static void
test_secret(void)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *want;	/* NULL: refused */
	} rows[] = {
		{ "s3cret\n", 0600, "s3cret" }, { "s3cret", 0640, "s3cret" },
		{ "two\nlines\r\n", 0400, "two\nlines" },
		{ "s3cret", 0644, NULL }, { "s3cret", 0604, NULL },
		{ "s3cret", 0620, NULL }, { "\n", 0600, NULL },
		{ "", 0600, NULL }, { "0123456789abcdefg", 0600, NULL },
	};
	char name[] = "/tmp/test_remote.XXXXXX";
	struct arena *a = arena_new();
	struct str out;
	int fd = mkstemp(name);

	for (size_t i = 0; i < countof(rows); i++) {
		struct err e = { 0 };
		int rc;

		if (ftruncate(fd, 0) != 0 || pwrite(fd, rows[i].text,
		    strlen(rows[i].text), 0) < 0 ||
		    fchmod(fd, rows[i].mode) != 0)
			bail_out("no file");
		rc = secret_read(a, name, 16, &out, &e);
		ok(rows[i].want ? rc == 0 && str_is(out, rows[i].want) :
		    rc == -1 && e.kind == ERR_CONFIG &&
		    !strstr(e.detail, "s3cret"), "a file of mode %o, %s",
		    (unsigned)rows[i].mode, e.detail);
	}
	unlink(name);
	ok(secret_read(a, name, 16, &out, &(struct err){ 0 }) == -1,
	    "a file that is not there");
	ok(secret_read(a, "/tmp", 16, &out, &(struct err){ 0 }) == -1,
	    "a folder");
	close(fd);
	arena_free(a);
}

/* Ask at every chance for `hours', by a clock that jumps to when it may; how
 * many were let through in the fullest window. */
static int
fullest(enum gate_cost cost, int64_t window, int64_t gap, int hours)
{
	static int64_t when[200000];
	struct gate_limits l = gate_limits_github;
	struct gate_state s = { 0 };
	int64_t now = 1000000, end = now + hours * INT64_C(3600000);
	size_t n = 0, from = 0;
	int most = 0;

	l.write_gap_ms = gap;
	while (now < end && n < countof(when)) {
		const struct gate_ask ask = { .cost = cost, .now_ms = now };
		const struct gate_told told = { .cost = cost, .now_ms = now,
		    .status = 201, .remaining = -1, .reset_s = -1,
		    .retry_after_s = -1 };
		int64_t wait = gate_ask(&l, &s, &ask);

		if (wait) {
			now += wait;
			continue;
		}
		gate_tell(&l, &s, &told);
		when[n++] = now;
		while (when[from] <= now - window)
			from++;
		if ((int)(n - from) > most)
			most = (int)(n - from);
	}
	return most;
}

static void
test_budgets(void)
{
	int minute = fullest(GATE_CREATE, 60000, 0, 3);
	int hour = fullest(GATE_CREATE, 3600000, 0, 6);
	int points = fullest(GATE_READ, 60000, 0, 1);
	int writes = fullest(GATE_WRITE, 1000, 1000, 1);

	ok(minute <= 80 && minute >= 60, "%d created in the fullest minute",
	    minute);
	ok(hour <= 500 && hour >= 400, "%d created in the fullest hour", hour);
	ok(points <= 900 && points >= 700, "%d read in the fullest minute",
	    points);
	is_int(writes, 1, "one write a second");
}

/* How long the next one waits after being told that. */
static int64_t
waits(struct gate_state *s, const struct gate_told *told, enum gate_cost cost)
{
	struct gate_ask ask = { .cost = cost, .now_ms = told->now_ms };

	gate_tell(&gate_limits_github, s, told);
	return gate_ask(&gate_limits_github, s, &ask);
}

static void
test_refusals(void)
{
	const int64_t now = INT64_C(1795614517538);
	struct gate_told told = { .now_ms = now, .status = 403,
	    .limited = true, .retry_after_s = 30, .remaining = 4000,
	    .reset_s = now / 1000 + 900 };
	struct gate_state s = { 0 };

	is_int(waits(&s, &told, GATE_READ), 30000, "as long as it says");
	s = (struct gate_state){ 0 };
	told.retry_after_s = -1;
	told.remaining = 0;
	is_int(waits(&s, &told, GATE_READ), 901000 - now % 1000,
	    "until the hour's requests are there again, and a second");
	s = (struct gate_state){ 0 };
	told.remaining = 100;
	for (int i = 0; i < 7; i++) {
		static const int64_t want[] = { 60, 120, 240, 480, 960, 3600,
		    3600 };

		is_int(waits(&s, &told, GATE_READ), want[i] * 1000,
		    "refusal %d without a word for how long", i + 1);
		s.closed_until = 0;
	}
	told.limited = false;
	told.status = 502;
	waits(&s, &told, GATE_READ);
	is_int(s.refusals, 7, "a fault of the server forgives nothing");
	told.status = 200;
	is_int(waits(&s, &told, GATE_READ), 0, "an answer ends that");
	is_int(s.refusals, 0, "and what came before is forgotten");
	told.remaining = 0;
	ok(waits(&s, &told, GATE_READ) > 899000,
	    "the last one of the hour closes, too");
	s = (struct gate_state){ 0 };
	told.reset_s = INT64_MAX;
	is_int(waits(&s, &told, GATE_READ), 0, "a reset that is none");
	told.reset_s = now / 1000 + 1000000;
	is_int(waits(&s, &told, GATE_READ), 86400000,
	    "nobody closes for more than a day");
}

static void
test_lease(void)
{
	struct arena *a = arena_new();
	struct gate_state s = { 0 }, again;
	struct gate_ask ask = { .cost = GATE_WRITE, .now_ms = 9005000000 };
	struct gate_told told = { .cost = GATE_WRITE, .status = 201,
	    .now_ms = 9005003000, .remaining = -1, .reset_s = -1,
	    .retry_after_s = -1 };

	is_int(gate_ask(&gate_limits_github, &s, &ask), 0, "a write");
	is_int(gate_ask(&gate_limits_github, &s, &ask), 10000,
	    "no other while it is under way");
	ask.cost = GATE_READ;
	is_int(gate_ask(&gate_limits_github, &s, &ask), 0, "but a read");
	gate_tell(&gate_limits_github, &s, &told);
	ask = (struct gate_ask){ .cost = GATE_CREATE, .now_ms = 9005003000 };
	is_int(gate_ask(&gate_limits_github, &s, &ask), 1000,
	    "the next is a second after its end");
	gate_state_read(a, gate_state_text(a, &s), &again);
	ok(memcmp(&s, &again, sizeof(s)) == 0, "the state as text and back");
	ask.now_ms -= 86400000;
	is_int(gate_ask(&gate_limits_github, &s, &ask), 0,
	    "a clock that is set back closes nothing");
	gate_state_read(a, STR("{\"write_from\":\"x\"}"), &again);
	is_int(again.write_from, 0, "a text that is none is a new state");
	gate_state_read(a, STR_NONE, &again);
	is_int(again.closed_until, 0, "so is none");
	arena_free(a);
}

int
main(void)
{
	test_url();
	test_same();
	test_link();
	test_head();
	test_sign();
	test_secret();
	test_budgets();
	test_refusals();
	test_lease();
	return done_testing();
}
