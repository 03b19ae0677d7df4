/* What is a secret in a text, and what is not; that redacting again changes
 * nothing, that it takes linear time, and JSON stays JSON. */
#include "base/clock.h"
#include "base/utf8.h"
#include "json/json_check.h"
#include "logs/redact.h"
#include "logs/wash.h"
#include "tap.h"

#define A36	"0123456789abcdefghijABCDEFGHIJ012345"
#define KNOWN	"correct-horse-battery"
#define JWT	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW9mLWl0"
#define KEY64	"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
#define SHA	"9fceb02d0ae598e95dc970b74767f19372d61af8"
#define HEX64	"5f4dcc3b5aa765d61d8327deb882cf99a3f1c2d4e5b6a7988970615243f0e1d2"
#define UUID	"550e8400-e29b-41d4-a716-446655440000"

static const struct { const char *before, *after; } rows[] = {
	/* by their form */
	{ "push with ghp_" A36 " failed", "push with [redacted:github-token] failed" },
	{ "xghs_" A36, "x[redacted:github-token]" },
	{ "github_pat_11ABCDEFG0abcdefghij_0123456789", "[redacted:github-token]" },
	{ "ghp_short", "ghp_short" },
	{ "GHP_" A36, "GHP_" A36 },
	{ "glpat-" A36, "[redacted:gitlab-token]" },
	{ "cfut_" A36, "[redacted:cloudflare-token]" },
	{ "id AKIA0123456789ABCDEF used", "id [redacted:aws-key] used" },
	{ "AKIA0123456789ABCDEF,wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzEXAMPLEK,us-east-1",
	  "[redacted:aws-key],[redacted:aws-secret],us-east-1" },
	{ "AKIA0123456789ABCDEF at " SHA, "[redacted:aws-key] at " SHA },
	{ "AIza" A36, "[redacted:google-key]" },
	{ "xoxb-123456789012-abcdefABCDEF", "[redacted:slack-token]" },
	{ "https://hooks.slack.com/services/T000/B000/abcdefghijkl", "https://[redacted:slack-token]" },
	{ "sk_live_0123456789abcdef", "[redacted:stripe-key]" },
	{ "key sk-proj-0123456789abcdefghij", "key [redacted:model-key]" },
	{ "sk-ant-api03-" A36 ".", "[redacted:model-key]." },
	{ "disk-usage-of-all-volumes-1", "disk-usage-of-all-volumes-1" },
	{ "npm_" A36, "[redacted:registry-token]" },
	{ "npm_config_registry=https://r.example/", "npm_config_registry=https://r.example/" },
	{ "pw_0123abcd_" A36 "abcdefg ok", "[redacted:patchwarden-token] ok" },
	{ "pw_hash", "pw_hash" },
	{ "jwt " JWT ".", "jwt [redacted:jwt]." },
	{ "eyJ.eyJ.eyJ", "eyJ.eyJ.eyJ" },
	{ "a -----BEGIN RSA PRIVATE KEY-----\n" KEY64 "\nabc=\n-----END RSA PRIVATE KEY-----\nb",
	  "a [redacted:private-key]\nb" },
	{ "{\"k\":\"-----BEGIN PRIVATE KEY-----\\n" KEY64 "\\n-----END PRIVATE KEY-----\\n\"}",
	  "{\"k\":\"[redacted:private-key]\\n\"}" },
	{ "-----BEGIN PRIVATE KEY-----\n" KEY64 "\nabcd", "[redacted:private-key]" },
	{ "-----BEGIN CERTIFICATE-----\nMIIE", "-----BEGIN CERTIFICATE-----\nMIIE" },
	/* headers */
	{ "Authorization: Bearer abcdef.123 sent", "Authorization: [redacted:authorization] sent" },
	{ "authorization: token0815", "authorization: [redacted:authorization]" },
	{ "-H 'Authorization: Digest username=\"x\", response=\"y\"' https://x/",
	  "-H 'Authorization: [redacted:authorization]' https://x/" },
	{ "Proxy-Authorization=Basic dXNlcjpwYXNz next", "Proxy-Authorization=[redacted:authorization] next" },
	{ "{\"authorization\":\"Bearer abc\",\"a\":1}", "{\"authorization\":\"[redacted:authorization]\",\"a\":1}" },
	{ "['authorization', 'Bearer abc', 'x']", "['authorization', '[redacted:authorization]', 'x']" },
	{ "with Bearer 0a1b2c3d4e", "with Bearer [redacted:authorization]" },
	{ "Bearer authentication failed", "Bearer authentication failed" },
	{ "WWW-Authenticate: Bearer error=\"invalid_token\"", "WWW-Authenticate: Bearer error=\"invalid_token\"" },
	{ "Basic dXNlcjpwYXNz", "Basic [redacted:authorization]" },
	{ "Basic authentication", "Basic authentication" },
	{ "Cookie: a=b; sid=0815\nnext", "Cookie: [redacted:cookie]\nnext" },
	{ "Set-Cookie: sid=1; Path=/\r\nX: y", "Set-Cookie: [redacted:cookie]\r\nX: y" },
	{ "curl -H \"Cookie: a=b\" x", "curl -H \"Cookie: [redacted:cookie]\" x" },
	{ "cookies are fine", "cookies are fine" },
	{ "x-api-key: abc", "x-api-key: [redacted:key]" },
	{ "X-Auth-Key: abc", "X-Auth-Key: [redacted:key]" },
	/* addresses */
	{ "postgres://app:s3cr3t@db:5432/x", "postgres://app:[redacted:url-password]@db:5432/x" },
	{ "https://user:p@ss:w@host/", "https://user:[redacted:url-password]@host/" },
	{ "redis://:pw@h", "redis://:[redacted:url-password]@h" },
	{ "https://0123456789abcdef0123@host/x", "https://[redacted:url-password]@host/x" },
	{ "https://ghp_" A36 ":x-oauth-basic@github.com", "https://[redacted:github-token]:[redacted:url-password]@github.com" },
	{ "see https://host/a@b:c", "see https://host/a@b:c" },
	{ "ssh://git@host/x", "ssh://git@host/x" },
	{ "GET /a?token=abc123&x=1 200", "GET /a?token=[redacted:token]&x=1 200" },
	{ "GET /a?b%3D1%26password%3Dabc%26c", "GET /a?b%3D1%26password%3D[redacted:password]%26c" },
	/* names and values */
	{ "password=hunter2", "password=[redacted:password]" },
	{ "DB_PASSWORD = 'hunter 2' x", "DB_PASSWORD = '[redacted:password]' x" },
	{ "userPassword: hunter2, ok", "userPassword: [redacted:password], ok" },
	{ "password=P@ss,w0rd;x&y z", "password=[redacted:password] z" },
	{ "Uid=sa;Pwd=secret;Db=x", "Uid=sa;Pwd=[redacted:password];Db=x" },
	{ "PWD=/home/me", "PWD=/home/me" },
	{ "(token=abc), b", "(token=[redacted:token]), b" },
	{ "{\"password\":\"a\\\"b\",\"x\":1}", "{\"password\":\"[redacted:password]\",\"x\":1}" },
	{ "\"{\\\"password\\\":\\\"hunter2\\\",\\\"a\\\":1}\"", "\"{\\\"password\\\":\\\"[redacted:password]\\\",\\\"a\\\":1}\"" },
	{ "{'api_key': 'abc'}", "{'api_key': '[redacted:key]'}" },
	{ "apiKey=abc access-key=abc", "apiKey=[redacted:key] access-key=[redacted:key]" },
	{ "STRIPE_SECRET_KEY=abc", "STRIPE_SECRET_KEY=[redacted:secret]" },
	{ "client_secret => \"abc\"", "client_secret => \"[redacted:secret]\"" },
	{ "private_key: abc", "private_key: [redacted:key]" },
	{ "--password hunter2 --token=abc -v", "--password [redacted:password] --token=[redacted:token] -v" },
	{ "<password>abc</password>", "<password>[redacted:password]</password>" },
	{ "\"cookie\":[\"a=b\",\"c=d\"],", "\"cookie\":[[redacted:cookie]]," },
	{ "::add-mask::hunter2 b", "::add-mask::[redacted:secret]" },
	{ "passwort, kennwort: abc", "passwort, kennwort: [redacted:password]" },
	{ "password=", "password=" },
	{ "password: null, token: undefined", "password: null, token: undefined" },
	{ "password=*** x", "password=*** x" },
	{ "password=\xc3\xa4\xe2\x82\xac z", "password=[redacted:password] z" },
	{ "the token is " HEX64 " now", "the token is [redacted:token] now" },
	/* these are none */
	{ "Failed password for root from 10.0.0.1 port 22 ssh2", "Failed password for root from 10.0.0.1 port 22 ssh2" },
	{ "Unexpected token < in JSON at position 0", "Unexpected token < in JSON at position 0" },
	{ "TokenExpiredError: jwt expired", "TokenExpiredError: jwt expired" },
	{ "token_type: Bearer, token_count=12, tokens: 512", "token_type: Bearer, token_count=12, tokens: 512" },
	{ "token::Kind secret::load", "token::Kind secret::load" },
	{ "secretary: Bob", "secretary: Bob" },
	{ "commit " SHA, "commit " SHA },
	{ "request " UUID " of " HEX64, "request " UUID " of " HEX64 },
	{ "", "" },
	/* exactly known */
	{ "with " KNOWN "!", "with [redacted:known]!" },
	{ "Correct-horse-battery", "Correct-horse-battery" },
	{ KNOWN KNOWN, "[redacted:known][redacted:known]" },
	{ KNOWN "password=abc", "[redacted:known]password=[redacted:password]" },
	/* marks stay, and what is behind them does not hide */
	{ "Cookie: [redacted:cookie]; sid=1", "Cookie: [redacted:cookie]" },
	{ "[redacted:token]ghp_" A36, "[redacted:token][redacted:github-token]" },
	{ "[redacted:a" KNOWN "b]", "[redacted:a[redacted:known]b]" },
	{ "password=[redacted:password],x=1", "password=[redacted:password],x=1" },
};

static const struct { const char *before, *after; } objects[] = {
	{ "{\"a\":1}", "{\"a\":1}" },
	{ "{\"password\":\"x y\",\"token\":12,\"pin\":[\"a\"]}",
	  "{\"password\":\"[redacted:password]\",\"token\":12,\"pin\":[\"a\"]}" },
	{ "{\"password\":1234,\"b\":true}", "{\"password\":\"[redacted:password]\",\"b\":true}" },
	{ "{\"secret\":{\"value\":\"abc\",\"n\":[\"d\",null]},\"x\":\"y\"}",
	  "{\"secret\":{\"value\":\"[redacted:secret]\",\"n\":[\"[redacted:secret]\",null]},\"x\":\"y\"}" },
	{ "{\"u\":\"say \\\"password=abc\\\" loud\"}", "{\"u\":\"say \\\"password=[redacted:password]\\\" loud\"}" },
	{ "{\"p\\u0061ssword\":\"abc\"}", "{\"p\\u0061ssword\":\"[redacted:password]\"}" },
	{ "{\"x\":\"g\\u0068p_" A36 "\"}", "{\"x\":\"[redacted:github-token]\"}" },
	{ "{\"ghp_" A36 "\":1,\"ghp_" A36 "x\":2}", "{\"[redacted:github-token]\":1,\"[redacted:github-token] 2\":2}" },
	{ "{\"headers\":[{\"name\":\"Cookie\",\"value\":\"a=b\"},{\"name\":\"Host\",\"value\":\"h\"}]}",
	  "{\"headers\":[{\"name\":\"Cookie\",\"value\":\"[redacted:cookie]\"},{\"name\":\"Host\",\"value\":\"h\"}]}" },
	{ "{\"token\":{\"a\":1},\"b\":{\"c\":\"d\"}}", "{\"token\":{\"a\":1},\"b\":{\"c\":\"d\"}}" },
};

static void
test_rows(const struct redactor *r, struct arena *a)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct redact_counts c = { 0 }, again = { 0 };
		struct str in = str(rows[i].before);
		struct str out = log_redacted(r, a, in, &c);
		struct buf b = BUF_INIT(MIB(1));

		is_str(out, rows[i].after, "%s", rows[i].before);
		ok((out.p == in.p) == (c.all == 0),
		    "it is counted, or the text is as it was");
		is_str(log_redacted(r, a, out, &again), rows[i].after,
		    "again: %s", rows[i].after);
		ok(again.all == 0, "and nothing is counted again");
		log_redact(r, &b, in, NULL);
		ok(str_eq(buf_str(&b), out), "the same into a buffer");
		buf_free(&b);
	}
}

static void
test_json(const struct redactor *r, struct arena *a)
{
	for (size_t i = 0; i < countof(objects); i++) {
		struct str out = log_redacted_json(r, a,
		    str(objects[i].before), NULL);

		is_str(out, objects[i].after, "%s", objects[i].before);
		ok(json_check(out, a, NULL) == 0, "it is JSON still");
		is_str(log_redacted_json(r, a, out, NULL), objects[i].after,
		    "again");
	}
}

/* Texts that make each form look far, and find nothing. */
static void
test_linear(const struct redactor *r)
{
	static const char *const parts[] = { "eyJ", "eyJaaaaaaaaaa.", "://a:",
	    "://", "-----BEGIN PRIVATE KEY-----@", "sk-", "sg.", "SG.", "token ",
	    "token tokentoken", "cookie=a ", "'cookie: a' ", "bearer:", "pwd=/",
	    "token:[", "password=\"\\", "token=,", "authorization: a",
	    "password: ", "AKIA", "basic ", "AKIA0123456789ABCDEF ",
	    "[redacted:", "secret\t", "::add-mask::*" };

	for (size_t i = 0; i < countof(parts); i++) {
		struct buf in = BUF_INIT(MIB(4)), out = BUF_INIT(MIB(64));
		int64_t start;

		while (in.len + 100 < MIB(2))
			buf_adds(&in, parts[i]);
		start = clock_mono_ms();
		log_redact(r, &out, buf_str(&in), NULL);
		/* each quadratic one takes minutes */
		ok(clock_mono_ms() - start < 20000, "2 MiB of %s", parts[i]);
		buf_free(&in);
		buf_free(&out);
	}
}

/* A private key whose lines come one by one. */
static void
test_key_lines(const struct redactor *r, struct arena *a)
{
	static const struct { const char *before, *after; } lines[] = {
		{ "before", "before" },
		{ "-----BEGIN RSA PRIVATE KEY-----", "[redacted:private-key]" },
		{ "Proc-Type: 4,ENCRYPTED", "Proc-Type: 4,ENCRYPTED" },
		{ KEY64, "[redacted:private-key]" },
		{ KEY64, "[redacted:private-key]" },
		{ "abcd==", "[redacted:private-key]" },
		{ "-----END RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----" },
		{ KEY64, KEY64 },
		{ "-----BEGIN PRIVATE KEY-----", "[redacted:private-key]" },
		{ "ok", "ok" },
		{ KEY64, KEY64 },
	};
	struct wash w = WASH(r);

	for (size_t i = 0; i < countof(lines); i++) {
		struct log_line l = { .message = str(lines[i].before) };

		ok(wash_line(&w, a, &l, 0), "line %zu is left", i);
		is_str(l.message, lines[i].after, "%s", lines[i].before);
	}
	ok(w.counts.by[REDACT_PRIVATE_KEY] == 5, "they are counted");
}

/* Each text of a line is washed; what is cut is cut after that. */
static void
test_wash(const struct redactor *r, struct arena *a)
{
	struct wash w = WASH(r);
	struct buf long_text = BUF_INIT(MIB(1));
	struct log_line l = {
		.message = STR("\x1b[31mgh\x1b[0mp_" A36 "\x1b[0m"),
		.worker = STR("api\n" KNOWN), .id = STR("x" KNOWN),
		.repo = STR("o/r"), .step = STR("Run echo " KNOWN),
		.error_type = STR("Error\t"), .group = STR("password=abc"),
		.meta = STR("{\"url\":\"https://u:p@h/\"}"),
	};

	wash_line(&w, a, &l, 0);
	is_str(l.message, "[redacted:github-token]", "colours hide nothing");
	is_str(l.worker, "api [redacted:known]", "the worker");
	is_str(l.step, "Run echo [redacted:known]", "the step");
	is_str(l.group, "password=[redacted:password]", "the group");
	is_str(l.meta, "{\"url\":\"https://u:[redacted:url-password]@h/\"}",
	    "meta");
	ok(!l.id.p, "an id with a secret is none");
	is_str(l.repo, "o/r", "the repository stays");

	for (size_t at = 0; at < 60; at++) {
		struct log_line cut = { .message = STR_NONE };

		buf_reset(&long_text);
		while (long_text.len < LOG_MESSAGE_MAX_BYTES / 4 * 3 - 100 + at)
			buf_addc(&long_text, '.');
		buf_adds(&long_text, " ghp_" A36 " ");
		while (long_text.len < 2 * LOG_MESSAGE_MAX_BYTES)
			buf_addc(&long_text, '.');
		cut.message = buf_str(&long_text);
		wash_line(&w, a, &cut, 0);
		ok(cut.message.len <= LOG_MESSAGE_MAX_BYTES &&
		    str_find(cut.message, STR("0123456789")) ==
		    cut.message.len, "no part of it is left at %zu", at);
	}
	ok(w.cut == 60, "they are counted");
	buf_free(&long_text);
}

static void
test_known(struct arena *a)
{
	/* one that is short, ours, or no text is in anything, or in nothing */
	static const struct str odd[] = { STR("abc"), STR(""), STR("redacted"),
	    STR("\xff\xff\xff\xff\xff\xff\xff"), STR("known]"),
	    STR("abcdefgh"), STR("abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFG") };
	struct redactor *r = redactor_new(odd, countof(odd));

	is_str(log_redacted(r, a, STR("abc redacted known] abcdefgi"), NULL),
	    "abc redacted known] abcdefgi", "odd values are passed over");
	is_str(log_redacted(r, a,
	    STR("abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFG"), NULL),
	    "[redacted:known]", "of those that begin there the longest");
	redactor_free(r);
	redactor_free(NULL);
}

int
main(void)
{
	static const struct str known[] = { STR(KNOWN) };
	struct redactor *r = redactor_new(known, 1);
	struct arena *a = arena_new();

	test_rows(r, a);
	test_json(r, a);
	test_key_lines(r, a);
	test_wash(r, a);
	test_known(a);
	test_linear(r);
	redactor_free(r);
	arena_free(a);
	return done_testing();
}
