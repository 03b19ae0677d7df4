/* Messages as text for people; levels and traces of plain lines. */
#include "base/utf8.h"
#include "logs/clean.h"
#include "logs/plain.h"
#include "model/log_line.h"
#include "tap.h"

static const struct {
	const char *before, *after;
	unsigned flags;
} rows[] = {
	{ "plain", "plain", 0 },
	{ "", "", 0 },
	{ " indented, blanks behind  \t\r\n", " indented, blanks behind", 0 },
	{ "\n\nfirst", "first", 0 },
	{ "a\tb\nc", "a\tb\nc", 0 },
	{ "a\tb\nc", "a b c", CLEAN_ONE_LINE },
	{ "\x1b[1;31mred\x1b[0m", "red", 0 },
	{ "\x1b]0;title\x07text", "text", 0 },
	{ "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link", 0 },
	{ "\x1b]no end", "no end", 0 },
	{ "a\x1b[31\nb", "a\nb", 0 },
	{ "a\x1b(Bb\x1b=c\x1b", "abc", 0 },
	{ "\xc2\x9b" "1mbold\xc2\x85", "bold", 0 },
	{ "10%\r20%\r\n", "10%\n20%", 0 },
	{ "a\r\r\nb\rc", "a\nb\nc", 0 },
	{ "a\x01\x02\x7f\bb", "ab", 0 },
	{ "\xef\xbb\xbfx\xef\xbb\xbf", "x\xef\xbb\xbf", 0 },
	{ "\xe2\x82\xac \xff\xe2\x82", "\xe2\x82\xac \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 0 },
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 0 },
	{ "cut <<<Logpush: 12 characters truncated>>>", "cut", 0 },
	{ "<<<Logpush: a<b", "<<<Logpush: a<b", 0 },
	{ "a < b", "a < b", 0 },
	{ "##[error]x", "##[error]x", 0 },
	{ "2024-05-01T10:00:00.1234567Z ##[error]Broken", "Broken", CLEAN_GITHUB },
	{ "2024-05-01T10:00:00.1234567Z a\n2024-05-01T10:00:01.1234567Z   b", "a\n  b", CLEAN_GITHUB },
	{ "\xef\xbb\xbf" "2024-05-01T10:00:00.1234567Z ##[group]Run x", "Run x", CLEAN_GITHUB },
	{ "2024-05-01T10:00:00.1234567Z ##[endgroup]", "", CLEAN_GITHUB },
	{ "::error file=a.js,line=1::No such thing", "No such thing", CLEAN_GITHUB },
	{ "::errors are plain", "::errors are plain", CLEAN_GITHUB },
	{ "2024-13-01T10:00:00.1234567Z a", "2024-13-01T10:00:00.1234567Z a", CLEAN_GITHUB },
};

static const struct { const char *line; int level; } levels[] = {
	{ "2024-05-01 10:00:00 ERROR Cannot connect", LINE_ERROR },
	{ "[warn] low on space", LINE_WARN },
	{ "ts=1 level=info msg=\"an error: x\"", LINE_INFO },
	{ "{\"level\":\"error\"", LINE_ERROR },
	{ "src/a.c:1:2: error: no semicolon", LINE_ERROR },
	{ "src/a.ts(1,2): error TS2304: Cannot find name", LINE_ERROR },
	{ "src/a.c:1:2: warning: unused", LINE_WARN },
	{ "TypeError: x is not a function", LINE_ERROR },
	{ "java.io.IOException: broken pipe", LINE_ERROR },
	{ "Traceback (most recent call last):", LINE_ERROR },
	{ "panic: runtime error", LINE_FATAL },
	{ "fatal: not a git repository", LINE_FATAL },
	{ "npm ERR! code 1", LINE_ERROR },
	{ "--- FAIL: TestX", LINE_ERROR },
	{ "INFO retry after ERROR", LINE_INFO },
	{ "0 errors, 0 warnings", -1 },
	{ "an error handler was added", -1 },
	{ "", -1 },
};

/* '|' before each line that belongs to the one above it. */
static const char *const traces[] = {
	"Error: x\n|    at f (a.js:1:2)\n|at g\nnext",
	"java.lang.X: y\n|\tat a.b(C.java:1)\n|Caused by: z\n|\t... 3 more\nnext",
	"ERROR failed\n|Traceback (most recent call last):\n|  File \"a\", line 1\n|    f()\n|ValueError: x\nnext",
	"Traceback (most recent call last):\n|  File \"a\"\n|KeyError: 1\n|\n|During handling of the above exception, another exception occurred:\n|\n|Traceback (most recent call last):\n|  File \"b\"\n|ValueError: x\nnext",
	"panic: x\n|\n|goroutine 1 [running]:\n|main.main()\n|\t/a/main.go:3 +0x1\nexit status 2",
	"thread 'main' panicked at src/main.rs:1:5:\n|index out of bounds\n|note: run with `RUST_BACKTRACE=1`\nnext",
	"PHP Fatal error: x\n|Stack trace:\n|#0 /a.php(1): f()\n|#1 {main}\n|  thrown in /a.php\nnext",
	"one\ntwo\n\n  three\n|  four",
	"#1 is the first",
};

static void
test_traces(void)
{
	for (size_t i = 0; i < countof(traces); i++) {
		struct plain_stack p = { 0 };
		struct str rest = str(traces[i]);
		bool all = true;

		while (rest.p) {
			struct str line = str_cut(&rest, '\n');
			bool want = line.len && line.p[0] == '|', got;

			line = str_n(line.p + want, line.len - want);
			got = plain_continues(&p, line);
			if (got != want)
				printf("# wrong: %.*s\n", STR_ARG(line));
			all = all && got == want;
		}
		ok(all, "trace %zu: its lines, and no others", i);
	}
}

static void
test_found(struct arena *a)
{
	struct clean_found f;

	log_clean(a, STR("2024-05-01T10:00:00.5000000Z ##[warning]x"),
	    CLEAN_GITHUB, &f);
	ok(f.level == LINE_WARN && f.ts == INT64_C(1714557600500) &&
	    !f.opens && !f.closes, "the level and the time are told");
	log_clean(a, STR("##[group]x"), CLEAN_GITHUB, &f);
	ok(f.opens && f.ts == -1, "a group opens");
	log_clean(a, STR("##[endgroup]"), CLEAN_GITHUB, &f);
	ok(f.closes, "and closes");
	log_clean(a, STR("x"), 0, &f);
	ok(f.level == -1 && f.ts == -1, "nothing is told");
}

static void
test_cut(struct arena *a)
{
	struct buf b = BUF_INIT(MIB(1));
	struct str s;

	while (b.len < 3000)
		buf_adds(&b, "\xe2\x82\xac");
	s = log_cut(a, buf_str(&b), 3000);
	ok(s.p == b.p, "what is not longer stays");
	for (size_t max = 400; max < 410; max++) {
		s = log_cut(a, buf_str(&b), max);
		ok(s.len <= max && s.len > max - 60 &&
		    str_starts(s, STR("\xe2\x82\xac\xe2")) &&
		    str_ends(s, STR("\xe2\x82\xac")) &&
		    utf8_check(s) == s.len,
		    "head and tail in %zu bytes, no half characters", max);
	}
	ok(str_find(s, STR(" bytes left out]")) < s.len, "it says so");
	s = log_cut(a, buf_str(&b), 100);
	is_int((long long)s.len, 99, "a name has only a head");
	buf_free(&b);
}

int
main(void)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < countof(rows); i++) {
		struct str s = log_clean(a, str(rows[i].before), rows[i].flags,
		    NULL);

		is_str(s, rows[i].after, "%s", rows[i].before);
	}
	is_str(log_clean(a, STR("a\0b"), 0, NULL), "ab", "NUL goes");
	for (size_t i = 0; i < countof(levels); i++)
		is_int(plain_level(str(levels[i].line)), levels[i].level, "%s",
		    levels[i].line);
	test_found(a);
	test_traces();
	test_cut(a);
	arena_free(a);
	return done_testing();
}
