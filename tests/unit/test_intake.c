/* Bodies in every format: the lines that come of them, and what is refused. */
#include <zlib.h>

#include "json/json_check.h"
#include "logs/inflate.h"
#include "logs/intake.h"
#include "tap.h"

#define TOKEN "ghp_0123456789abcdefghijABCDEFGHIJ012345"

/* A line is shown as "level|worker|ts|message", then what else it has as
 * "|name=value"; NULL: refused, at the place and with the kind of `at`. */
static const struct {
	const char *name, *format, *type, *body, *lines, *at;
} rows[] = {
	{ "an object", "", "application/json",
	  "{\"message\":\"m\",\"level\":\"error\",\"worker\":\"w\",\"ts\":\"2024-05-01T10:00:00Z\"}",
	  "error|w|1714557600000|m\n", NULL },
	{ "an array", "", "application/json", " [ {\"message\":\"a\"} ,\n {\"message\":\"b]\",\"meta\":{\"x\":[1]}} ] ",
	  "info||7|a\ninfo||7|b]|meta={\"x\":[1]}\n", NULL },
	{ "an empty array", "", "application/json", "[ ]", "", NULL },
	{ "logs", "", "application/json", "{\"logs\":[{\"repo\":\"o/r\",\"run_id\":12,\"level\":\"warn\",\"message\":\"m\"}],\"next\":null}",
	  "warn||7|m|repo=o/r|run=12|build\n", NULL },
	{ "no logs", "", "application/json", "{\"logs\":[]}", "", NULL },
	{ "free data is kept", "", "application/json", "{\"msg\":\"m\",\"a\":1,\"meta\":{\"a\":2,\"b\":3},\"text\":\"t\"}",
	  "info||7|m|meta={\"a\":2,\"b\":3,\"a (2)\":1,\"text\":\"t\"}\n", NULL },
	{ "pino", "", "application/json", "{\"level\":50,\"time\":1714557600000,\"msg\":\"m\",\"err\":{\"type\":\"TypeError\",\"message\":\"x\",\"stack\":\"TypeError: x\\n    at f\",\"code\":1}}",
	  "error||1714557600000|m\nTypeError: x\n    at f|type=TypeError|meta={\"error.message\":\"x\",\"error.code\":1}\n", NULL },
	{ "an error alone", "", "application/json", "{\"error\":{\"name\":\"E\",\"message\":\"x\",\"stack\":\"E: x\\n at f\"}}",
	  "info||7|E: x\n at f|type=E\n", NULL },
	{ "seconds", "", "application/json", "{\"message\":\"m\",\"ts\":1714557600.25}", "info||1714557600250|m\n", NULL },
	{ "microseconds", "", "application/json", "{\"message\":\"m\",\"ts\":1714557600250000}", "info||1714557600250|m\n", NULL },
	{ "nanoseconds", "", "application/json", "{\"message\":\"m\",\"ts\":\"1714557600250999999\"}", "info||1714557600250|m\n", NULL },
	{ "Python's time", "", "application/json", "{\"message\":\"m\",\"ts\":\"2024-05-01 10:00:00,250\"}", "info||1714557600250|m\n", NULL },
	{ "a message of many lines, coloured", "", "application/json", "{\"message\":\"\\u001b[31ma\\u001b[0m\\r\\nb\\u0000\"}", "info||7|a\nb\n", NULL },
	{ "a message that is an object", "", "application/json", "{\"message\":{\"a\":1}}", "info||7|{\"a\":1}\n", NULL },
	{ "secrets", "", "application/json", "{\"message\":\"" TOKEN "\",\"worker\":\"" TOKEN "\",\"group\":\"" TOKEN "\",\"x\":\"" TOKEN "\"}",
	  "info|[redacted:github-token]|7|[redacted:github-token]|group=[redacted:github-token]|meta={\"x\":\"[redacted:github-token]\"}\n", NULL },
	{ "lines of JSON", "", "application/x-ndjson; charset=utf-8", "{\"message\":\"a\"}\r\n\n{\"message\":\"b\",\"kind\":\"build-log\"}", "info||7|a\ninfo||7|b|build\n", NULL },
	{ "lines of JSON by another name", "", "application/json", "{\"message\":\"a\"}\n{\"message\":\"b\"}\n", "info||7|a\ninfo||7|b\n", NULL },
	{ "lines of JSON without a name", "", "text/plain", "{\"message\":\"a\"}\n{\"message\":\"b\"}\n", "info||7|a\ninfo||7|b\n", NULL },
	{ "an id", "ndjson", "", "{\"message\":\"a\",\"id\":\"i1\"}", "info||7|a|id=i1\n", NULL },
	/* faults */
	{ "no message", "", "application/json", "[{\"message\":\"a\"},{\"level\":\"info\"}]", NULL, "/1/message invalid" },
	{ "a level that nobody has", "", "application/json", "{\"logs\":[{\"message\":\"a\",\"level\":\"loud\"}]}", NULL, "/logs/0/level invalid" },
	{ "a time that is none", "", "application/x-ndjson", "{\"message\":\"a\"}\n{\"message\":\"a\",\"ts\":\"soon\"}", NULL, "line 2 /ts invalid" },
	{ "a kind that is none", "", "application/json", "{\"message\":\"a\",\"kind\":\"x\"}", NULL, "/kind invalid" },
	{ "a worker that is none", "", "application/json", "{\"message\":\"a\",\"worker\":{}}", NULL, "/worker invalid" },
	{ "no JSON", "", "application/json", "{\"message\":\"a\"", NULL, " bad_json" },
	{ "no JSON on a line", "", "application/x-ndjson", "{\"message\":\"a\"}\n{\"message\":}", NULL, "line 2 bad_json" },
	{ "no JSON in an array", "", "application/json", "[{\"message\":\"a\"},{\"message\":\"a\",}]", NULL, "/1 bad_json" },
	{ "a comma too many", "", "application/json", "[{\"message\":\"a\"},]", NULL, "/1 bad_json" },
	{ "a comma too few", "", "application/json", "[{\"message\":\"a\"}{\"message\":\"b\"}]", NULL, "/0 bad_json" },
	{ "an array without end", "", "application/json", "[{\"message\":\"a\"}", NULL, " bad_json" },
	{ "text behind the array", "", "application/json", "[{\"message\":\"a\"}] x", NULL, " bad_json" },
	{ "logs without end", "", "application/json", "{\"logs\":[{\"message\":\"a\"}", NULL, "/logs bad_json" },
	{ "rubbish around logs", "", "application/json", "{\"logs\":[{\"message\":\"a\"}] \"x\"}", NULL, " bad_json" },
	{ "a member twice", "", "application/json", "{\"message\":\"a\",\"message\":\"b\"}", NULL, " bad_json" },
	{ "no objects", "", "application/json", "[1,\"a\"]", NULL, "/0 invalid" },
	{ "nothing", "", "application/json", "", NULL, " bad_json" },
	{ "a type that is none", "", "image/png", "x", NULL, " media_type" },
	{ "a format that is none", "xml", "", "x", NULL, " media_type" },
	/* Logpush */
	{ "Logpush", "", "text/plain",
	  "{\"EventTimestampMs\":1714557600000,\"ScriptName\":\"api\",\"Outcome\":\"exception\",\"EventType\":\"fetch\",\"Event\":{\"RayID\":\"r1\",\"Request\":{\"URL\":\"https://h/\",\"Method\":\"GET\"}},"
	  "\"Logs\":[{\"Level\":\"warn\",\"Message\":[\"a\",{\"b\":1},null],\"TimestampMs\":1714557600001}],"
	  "\"Exceptions\":[{\"Name\":\"TypeError\",\"Message\":\"x <<<Logpush: cut truncated>>>\",\"TimestampMs\":1714557600002}]}\n",
	  "warn|api|1714557600001|a {\"b\":1} null|id=r1/1|meta={\"outcome\":\"exception\",\"event\":\"fetch\",\"version\":null,\"ray\":\"r1\",\"URL\":\"https://h/\",\"Method\":\"GET\"}\n"
	  "error|api|1714557600002|TypeError: x|type=TypeError|id=r1/2|meta={\"outcome\":\"exception\",\"event\":\"fetch\",\"version\":null,\"ray\":\"r1\",\"URL\":\"https://h/\",\"Method\":\"GET\"}\n", NULL },
	{ "Logpush, ended from outside", "logpush", "", "{\"EventTimestampMs\":1714557600000,\"ScriptName\":\"api\",\"Outcome\":\"exceededCpu\",\"Logs\":[],\"Exceptions\":[]}",
	  "error|api|1714557600000|The worker ended with the outcome exceededCpu|type=exceededCpu|meta={\"outcome\":\"exceededCpu\",\"event\":null,\"version\":null,\"ray\":null}\n", NULL },
	{ "Logpush, all well", "logpush", "", "{\"EventTimestampMs\":1714557600000,\"ScriptName\":\"api\",\"Outcome\":\"ok\",\"Logs\":[],\"Exceptions\":[]}", "", NULL },
	{ "Logpush asks", "", "", "{\"content\":\"tests\"}", "", NULL },
	{ "Logpush asks, by its type", "", "application/json", "{\"content\":\"tests\"}\n", "", NULL },
	/* journals */
	{ "a journal's export", "", "application/vnd.fdo.journal",
	  "__CURSOR=c1\n__REALTIME_TIMESTAMP=1714557600123456\nPRIORITY=3\nSYSLOG_IDENTIFIER=sshd\n_PID=12\nMESSAGE=it broke\n\n"
	  "__CURSOR=c2\n_COMM=x\nMESSAGE\n\x03%%%%%%%a\nb\n\n", "error|sshd|1714557600123|it broke|id=c1|meta={\"pid\":\"12\"}\ninfo|x|7|a\nb|id=c2|meta={\"command\":\"x\"}\n", NULL },
	{ "a journal's export, broken", "journal-export", "", "MESSAGE=a\n\nMESSAGE\n\xff%%%%%%%a\n", NULL, "line 3 invalid" },
	{ "a journal's export, no priority", "journal-export", "", "PRIORITY=x\nMESSAGE=a\n", NULL, "line 1 /PRIORITY invalid" },
	{ "a journal as JSON", "", "application/json", "{\"__CURSOR\":\"c\",\"__REALTIME_TIMESTAMP\":\"1714557600123456\",\"PRIORITY\":\"4\",\"_SYSTEMD_UNIT\":\"a.service\",\"MESSAGE\":[104,105,255]}",
	  "warn|a.service|1714557600123|hi\xef\xbf\xbd|id=c|meta={\"unit\":\"a.service\"}\n", NULL },
	/* text */
	{ "text", "", "text/plain", "one\r\n\nERROR two\n    at f\n2024-05-01 10:00:00.5 WARN three", "info||7|one\nerror||7|ERROR two\n    at f\nwarn||1714557600500|2024-05-01 10:00:00.5 WARN three\n", NULL },
	{ "text that begins with a bracket", "", "", "[main] ERROR x", "error||7|[main] ERROR x\n", NULL },
	{ "the log of a job", "", "text/plain",
	  "\xef\xbb\xbf" "2024-05-01T10:00:00.0000000Z ##[group]Run npm test\n2024-05-01T10:00:00.0000000Z \x1b[36;1mnpm test\x1b[0m\n2024-05-01T10:00:00.0000000Z ##[endgroup]\n"
	  "2024-05-01T10:00:01.0000000Z TypeError: x\n2024-05-01T10:00:01.0000000Z     at f (a.js:1:2)\n2024-05-01T10:00:02.0000000Z ##[error]Process completed with exit code 1.\n",
	  "info||1714557600000|Run npm test\ninfo||1714557600000|npm test|step=Run npm test\nerror||1714557601000|TypeError: x\n    at f (a.js:1:2)|step=Run npm test\nerror||1714557602000|Process completed with exit code 1.|step=Run npm test\n", NULL },
};

static int
show(void *to, struct log_line *l, struct err *e)
{
	struct buf *b = to;
	const struct { const char *name; struct str value; } parts[] = {
		{ "type", l->error_type }, { "repo", l->repo },
		{ "run", l->run_id }, { "step", l->step },
		{ "group", l->group }, { "id", l->id }, { "meta", l->meta },
	};

	(void)e;
	buf_addf(b, "%s|%.*s|%lld|%.*s", line_levels[l->level],
	    STR_ARG(l->worker), (long long)l->ts, STR_ARG(l->message));
	for (size_t i = 0; i < countof(parts); i++)
		if (parts[i].value.p)
			buf_addf(b, "|%s=%.*s", parts[i].name,
			    STR_ARG(parts[i].value));
	buf_adds(b, l->kind == LINE_BUILD ? "|build\n" : "\n");
	return 0;
}

static const struct log_line base = {
	.kind = LINE_WORKER, .level = LINE_INFO, .source = STR("push"), .ts = 7,
};

static struct intake_request
request(struct arena *a, struct redactor *r, struct str body)
{
	return (struct intake_request){ .body = body, .base = &base,
	    .redactor = r, .arena = a };
}

/* '%' stands for NUL in a row. */
static struct str
body_of(struct arena *a, const char *text)
{
	struct str s = arena_str(a, str(text));

	for (char *p = (char *)(uintptr_t)s.p; p < s.p + s.len; p++)
		if (*p == '%')
			*p = '\0';
	return s;
}

static void
test_rows(struct arena *a, struct redactor *r)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct intake_request q = request(a, r,
		    body_of(a, rows[i].body));
		struct intake_result res;
		struct buf got = BUF_INIT(MIB(1));
		struct err e = { 0 };
		char at[400];
		int rc;

		q.format = str(rows[i].format);
		q.content_type = str(rows[i].type);
		rc = intake_read(&q, show, &got, &res, &e);
		if (rows[i].lines) {
			ok(rc == 0, "%s is read: %s", rows[i].name, e.detail);
			is_str(buf_str(&got), rows[i].lines, "%s",
			    rows[i].name);
		} else {
			snprintf(at, sizeof(at), "%s %s", e.at,
			    err_row(e.kind)->code);
			ok(rc == -1 && e.detail[0], "%s is refused: %s",
			    rows[i].name, e.detail);
			is_str(str(at), rows[i].at, "%s, there", rows[i].name);
		}
		buf_free(&got);
	}
}

static void
test_faults(struct arena *a, struct redactor *r)
{
	struct intake_request q = request(a, r, STR("{\"message\":\"a\"}\n{}\n"
	    "{\"message\":\"b\",\"level\":\"x\"}\n{\"message\":\"c\"}\n"));
	struct intake_result res;
	struct buf got = BUF_INIT(MIB(1));
	struct err e = { 0 };

	ok(intake_read(&q, show, &got, &res, &e) == -1 && e.next &&
	    !e.next->next && res.refused == 2, "all faults are told");
	is_str(str(e.next->at), "line 3 /level", "in order");
	is_str(buf_str(&got), "info||7|a\n", "no line is taken after one");
	buf_reset(&got);
	q.partial = true;
	ok(intake_read(&q, show, &got, &res, &e) == 0 && res.refused == 2 &&
	    res.taken == 2 && res.records == 4 && res.faults &&
	    res.faults->next, "or the others are taken");
	is_str(buf_str(&got), "info||7|a\ninfo||7|c\n", "those");
	q.max_lines = 1;
	ok(intake_read(&q, show, &got, &res, &e) == -1 &&
	    e.kind == ERR_TOO_LARGE, "a body with too many lines");
	buf_free(&got);
}

static void
test_tests(struct arena *a, struct redactor *r)
{
	struct intake_request q = request(a, r, STR("{\"content\":\"tests\"}"));
	struct intake_result res;
	struct err e = { 0 };

	ok(intake_read(&q, show, NULL, &res, &e) == 0 && res.test &&
	    res.taken == 0, "a test upload is seen");
	q.body = STR("{\"content\":\"tests\",\"message\":\"a\"}");
	ok(intake_read(&q, show, &(struct buf)BUF_INIT(0), &res, &e) == 0 &&
	    !res.test && res.taken == 1, "and what is none");
}

/* A line of any length is cut, binary rubbish does no harm. */
static void
test_rubbish(struct arena *a, struct redactor *r)
{
	struct buf body = BUF_INIT(MIB(32)), got = BUF_INIT(MIB(1));
	struct intake_request q;
	struct intake_result res;
	struct err e = { 0 };

	for (size_t i = 0; i < MIB(5); i++)
		buf_addc(&body, i % 7 ? 'x' : '\0');
	memcpy(body.p + LOG_RECORD_MAX_BYTES - 20, TOKEN, 40);
	q = request(a, r, buf_str(&body));
	ok(intake_read(&q, show, &got, &res, &e) == 0 && res.taken == 1 &&
	    res.cut, "5 MiB on one line");
	ok(got.len < LOG_MESSAGE_MAX_BYTES + 100 && got.len > 15000 &&
	    str_find(buf_str(&got), STR("0123456789abcdef")) == got.len,
	    "its ends are kept, without half of a token");
	buf_reset(&got);
	memset(body.p, 0, body.len);
	ok(intake_read(&q, show, &got, &res, &e) == 0 && res.taken == 0 &&
	    res.empty == 1, "5 MiB of NUL");
	buf_reset(&body);
	for (size_t i = 0; i < 5000; i++)
		buf_adds(&body, " indented\n");
	q.body = buf_str(&body);
	ok(intake_read(&q, show, &got, &res, &e) == 0 && res.taken == 5,
	    "a trace has an end");
	buf_free(&body);
	buf_free(&got);
}

static struct str
gzip(struct arena *a, struct str s)
{
	size_t room = compressBound(s.len) + 64;
	unsigned char *to = arena_alloc(a, room);
	z_stream z = { 0 };

	deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
	z.next_in = (unsigned char *)(uintptr_t)s.p;
	z.avail_in = (unsigned)s.len;
	z.next_out = to;
	z.avail_out = (unsigned)room;
	deflate(&z, Z_FINISH);
	deflateEnd(&z);
	return str_n((char *)to, room - z.avail_out);
}

static void
test_gzip(struct arena *a, struct redactor *r)
{
	struct str z = gzip(a, STR("{\"message\":\"a\"}\n")), two, bad;
	struct buf out = BUF_INIT(MIB(8)), big = BUF_INIT(MIB(8));
	struct intake_request q = request(a, r, z);
	struct intake_result res;
	struct err e = { 0 };
	char *copy;

	ok(intake_read(&q, show, &out, &res, &e) == 0, "gzip is unpacked");
	is_str(buf_str(&out), "info||7|a\n", "and read");
	two = arena_fmt(a, "%s", "");
	copy = arena_alloc(a, 2 * z.len + 9);
	memcpy(copy, z.p, z.len);
	memcpy(copy + z.len, z.p, z.len);
	two = str_n(copy, 2 * z.len);
	buf_reset(&out);
	ok(logs_gunzip(two, MIB(1), &out, &e) == 0 && out.len == 32,
	    "two members are one text");
	two.len += 9;
	buf_reset(&out);
	ok(logs_gunzip(two, MIB(1), &out, &e) == 0 && out.len == 32,
	    "zeros behind them are fine");
	copy[two.len - 5] = 'x';
	ok(logs_gunzip(two, MIB(1), &out, &e) == -1 &&
	    e.kind == ERR_INVALID, "rubbish is not: %s", e.detail);
	for (size_t n = 0; n < z.len; n++) {
		e = (struct err){ 0 };
		ok(logs_gunzip(str_n(z.p, n), MIB(1), &out, &e) == -1 &&
		    e.kind == ERR_INVALID && strstr(e.detail, "byte"),
		    "%zu of %zu bytes: %s", n, z.len, e.detail);
	}
	bad = arena_str(a, z);
	((char *)(uintptr_t)bad.p)[z.len - 6] ^= 1;
	ok(logs_gunzip(bad, MIB(1), &out, &e) == -1 && e.kind == ERR_INVALID,
	    "a wrong sum: %s", e.detail);
	buf_reset(&out);
	while (big.len < 100000)
		buf_addf(&big, "%zu ", big.len);
	z = gzip(a, buf_str(&big));
	ok(logs_gunzip(z, big.len, &out, &e) == 0, "just as much as may be");
	buf_reset(&out);
	ok(logs_gunzip(z, big.len - 1, &out, &e) == -1 &&
	    e.kind == ERR_TOO_LARGE, "a byte more: %s", e.detail);
	memset(buf_room(&big, MIB(4)), 'x', MIB(4));
	buf_added(&big, MIB(4));
	q.body = gzip(a, buf_str(&big));
	e = (struct err){ 0 };
	buf_reset(&out);
	ok(logs_gunzip(gzip(a, str_n(big.p + big.len - MIB(4), MIB(4))),
	    MIB(64), &out, &e) == -1 && e.kind == ERR_TOO_LARGE &&
	    out.len < MIB(2), "a bomb: %s", e.detail);
	buf_free(&out);
	buf_free(&big);
}

static int
refuse(void *to, struct log_line *l, struct err *e)
{
	(void)l;
	++*(int *)to;
	return err_set(e, ERR_BUSY, "not now");
}

int
main(void)
{
	struct arena *a = arena_new();
	struct redactor *r = redactor_new(NULL, 0);
	struct intake_request q = request(a, r, STR("a\nb\n"));
	struct intake_result res;
	struct err e = { 0 };
	int calls = 0;

	test_rows(a, r);
	test_faults(a, r);
	test_tests(a, r);
	test_rubbish(a, r);
	test_gzip(a, r);
	ok(intake_read(&q, refuse, &calls, &res, &e) == -1 && calls == 1 &&
	    e.kind == ERR_BUSY, "who takes lines can end it");
	redactor_free(r);
	arena_free(a);
	return done_testing();
}
