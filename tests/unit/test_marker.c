#include "base/buf.h"
#include "base/clock.h"
#include "dialect/marker.h"
#include "dialect/regex.h"
#include "tap.h"

#define B(name) "###FINAL_MILE_PROMPT__" name "###"
#define E(name) "###END_" name "###"
#define b(id) "<<<BEGIN:" id ">>>"
#define e(id) "<<<END:" id ">>>"

/* "2-4": closed; "2": nothing closes it; "2-4@1": with one region around. */
static struct str
hits_text(struct arena *a, const struct marker_hit *h, size_t n)
{
	struct str all = STR("");

	for (size_t i = 0; i < n; i++) {
		all = arena_fmt(a, "%.*s%s%zu", STR_ARG(all), i ? " " : "",
		    h[i].first);
		if (h[i].closed)
			all = arena_fmt(a, "%.*s-%zu", STR_ARG(all),
			    h[i].last);
		if (h[i].depth)
			all = arena_fmt(a, "%.*s@%zu", STR_ARG(all),
			    h[i].depth);
	}
	return all;
}

static const struct {
	const char *what, *name, *text, *want;
} final_mile[] = {
	{ "a region", "A", B("A") "\nx\n" E("A") "\n", "0-2" },
	{ "//", "A", "  // " B("A") "\nx\n  // " E("A") "\n", "0-2" },
	{ "hash sign", "A", "# " B("A") "\nx\n# " E("A") "\n", "0-2" },
	{ "hash sign without a blank", "A", "#" B("A") "\nx\n#" E("A"), "0-2" },
	{ "many hash signs", "A", "####" B("A") "##\nx\n##" E("A") "#", "0-2" },
	{ "--", "A", "-- " B("A") "\nx\n-- " E("A") "\n", "0-2" },
	{ "/* */", "A", "/* " B("A") " */\nx\n/* " E("A") " */\n", "0-2" },
	{ "/**/ without blanks", "A", "/*" B("A") "*/\n/*" E("A") "*/", "0-1" },
	{ "<!-- -->", "A", "<!-- " B("A") " -->\nx\n<!--" E("A") "-->", "0-2" },
	{ "{/* */}", "A", "{/* " B("A") " */}\nx\n{/*" E("A") "*/}", "0-2" },
	{ ";", "A", "; " B("A") "\nx\n;" E("A") "\n", "0-2" },
	{ "%", "A", "% " B("A") "\nx\n%" E("A") "\n", "0-2" },
	{ "REM", "A", "REM " B("A") "\nx\nREM " E("A") "\n", "0-2" },
	{ "\"\"\"", "A", "\"\"\"" B("A") "\"\"\"\nx\n\"\"\"" E("A") "\"\"\"",
	    "0-2" },
	{ "no comment at all", "A", "x" B("A") "y\nz\nw" E("A") "v", "0-2" },
	{ "comment styles may differ", "A", "// " B("A") "\n# " E("A"), "0-1" },
	{ "empty block", "A", "x\n" B("A") "\n" E("A") "\n", "1-2" },
	{ "a marker alone does not swallow the next line", "A",
	    "x\n// " B("A") "\ny\nz\n", "1" },
	{ "nor the rest of the file before another's end", "A",
	    "// " B("A") "\ny\n// " E("B") "\nz\n", "0" },
	{ "begin and end on one line", "A", "x\n" B("A") " y " E("A") "\nz\n",
	    "1-1" },
	{ "begin and end touch each other", "A", B("A") E("A"), "0-0" },
	{ "twice on one line", "A", B("A") E("A") B("A") E("A"), "0-0 0-0" },
	{ "all, not only the first", "A", B("A") "\n" E("A") "\nx\n" B("A")
	    "\ny\n" E("A") "\n" B("A") "\n" E("A"), "0-1 3-5 6-7" },
	{ "an end goes to the nearest begin", "A", B("A") "\n" B("A") "\nx\n"
	    E("A"), "0 1-3" },
	{ "nested, same name", "A", B("A") "\n" B("A") "\nx\n" E("A") "\n"
	    E("A"), "0-4 1-3@1" },
	{ "nested three deep", "A", B("A") B("A") B("A") "\n" E("A") E("A")
	    E("A"), "0-1 0-1@1 0-1@2" },
	{ "nested in another name", "A", B("B") "\n" B("A") "\n" E("A") "\n"
	    E("B"), "1-2@1" },
	{ "around another name", "A", B("A") "\n" B("B") "\n" E("B") "\n"
	    E("A"), "0-3" },
	{ "within a begin that nothing closes", "A", B("B") "\n" B("A") "\n"
	    E("A"), "1-2" },
	{ "crossing regions", "A", B("B") "\n" B("A") "\n" E("B") "\n" E("A"),
	    "1-3@1" },
	{ "an end without begin", "A", E("A") "\nx\n", "" },
	{ "an end before its begin", "A", E("A") "\n" B("A") "\nx", "1" },
	{ "an end too many", "A", B("A") "\n" E("A") "\n" E("A") "\n", "0-1" },
	{ "CRLF", "A", "// " B("A") "\r\nx\r\n// " E("A") "\r\n", "0-2" },
	{ "no line end at the end", "A", "x\n" B("A"), "1" },
	{ "digits and underscores", "A_1_", B("A_1_") "\n" E("A_1_"), "0-1" },
	{ "a name that looks like an end", "END_A", B("END_A") "\n"
	    E("END_A"), "0-1" },
	{ "a longer name is another", "A", B("AB") "\n" E("AB"), "" },
	{ "a shorter name is another", "AB", B("A") "\n" E("A"), "" },
	{ "lower case is no name", "a", B("a") "\n" E("a"), "" },
	{ "no name", "", B("") "\n" E(""), "" },
	{ "two hash signs are too few", "A", "##FINAL_MILE_PROMPT__A##", "" },
	{ "a marker that is cut", "A", "###FINAL_MILE_PROMPT__A##", "" },
	{ "a marker over two lines", "A", "###FINAL_MILE_\nPROMPT__A###", "" },
	{ "the other style", "A", b("A") "\n" e("A"), "" },
	{ "bytes that are no UTF-8", "A", "\xff" B("A") "\x80\n\xc3\n" E("A"),
	    "0-2" },
	{ "after a byte order mark", "A", "\xef\xbb\xbf" B("A") "\n" E("A"),
	    "0-1" },
	{ "nothing in nothing", "A", "", "" },
	{ "every name", NULL, B("A") "\n" B("B") "\n" E("B") "\n" E("A") "\n"
	    B("C"), "0-3 1-2@1 4" },
}, begin_end[] = {
	{ "a region", "x", b("x") "\ny\n" e("x") "\n", "0-2" },
	{ "in comments", "x", "// " b("x") "\ny\n/* " e("x") " */", "0-2" },
	{ "in <!-- -->", "x", "<!--" b("x") "-->\n<!-- " e("x") " -->", "0-1" },
	{ "ids of many kinds", "src/a.ts:1 é", b("src/a.ts:1 é") "\n"
	    e("src/a.ts:1 é"), "0-1" },
	{ "more angle brackets", "x", "<" b("x") ">\n<<" e("x") ">>", "0-1" },
	{ "same ids nested", "x", b("x") "\n" b("x") "\n" e("x") "\n" e("x"),
	    "0-3 1-2@1" },
	{ "different ids nested", "y", b("x") "\n" b("y") "\n" e("y") "\n"
	    e("x"), "1-2@1" },
	{ "an id with a bracket is none", "a>b", b("a>b") "\n" e("a>b"), "" },
	{ "a line end is in no id", "a", "<<<BEGIN:a\n>>>", "" },
	{ "case matters", "X", b("x") "\n" e("x"), "" },
	{ "blanks belong to the id", "x", b(" x") "\n" e(" x"), "" },
	{ "one line", "x", "a\n" b("x") e("x") "\nb", "1-1" },
	{ "begin alone", "x", "a\n" b("x") "\nb", "1" },
	{ "end alone", "x", "a\n" e("x") "\nb", "" },
	{ "CRLF", "x", b("x") "\r\n\r\n" e("x") "\r\n", "0-2" },
	{ "the other style", "A", B("A") "\n" E("A"), "" },
};

static void
test_markers(struct arena *a)
{
	struct marker_hit *h;
	size_t n;

	for (size_t i = 0; i < countof(final_mile); i++) {
		marker_find(a, str(final_mile[i].text), MARKER_FINAL_MILE,
		    str(final_mile[i].name), &h, &n);
		is_str(hits_text(a, h, n), final_mile[i].want, "marker: %s",
		    final_mile[i].what);
	}
	for (size_t i = 0; i < countof(begin_end); i++) {
		marker_find(a, str(begin_end[i].text), MARKER_BEGIN_END,
		    str(begin_end[i].name), &h, &n);
		is_str(hits_text(a, h, n), begin_end[i].want, "id: %s",
		    begin_end[i].what);
	}
}

static void
test_pairs(struct arena *a)
{
	static const struct {
		const char *what, *begin, *end, *text, *want;
	} rows[] = {
		{ "two ids", "x", "y", b("x") "\nz\n" e("y"), "0-2" },
		{ "an end of the first id ends nothing", "x", "y",
		    b("x") "\n" e("x") "\n" e("y"), "0-2" },
		{ "nor does another begin begin", "x", "y",
		    b("y") "\n" e("y"), "" },
		{ "the nearest begin", "x", "y",
		    b("x") "\n" b("x") "\n" e("y"), "0 1-2" },
		{ "no end", "x", "y", b("x") "\n" e("z"), "0" },
		{ "the same id", "x", "x", b("x") "\n" e("x"), "0-1" },
	};
	struct marker_hit *h;
	size_t n;

	for (size_t i = 0; i < countof(rows); i++) {
		marker_find_pair(a, str(rows[i].text), MARKER_BEGIN_END,
		    str(rows[i].begin), str(rows[i].end), &h, &n);
		is_str(hits_text(a, h, n), rows[i].want, "pair: %s",
		    rows[i].what);
	}
}

static struct str
lines_text(struct arena *a, const size_t *lines, size_t n)
{
	struct str all = STR("");

	for (size_t i = 0; i < n; i++)
		all = arena_fmt(a, "%.*s%s%zu", STR_ARG(all), i ? " " : "",
		    lines[i]);
	return all;
}

static void
test_anchors(struct arena *a)
{
	static const struct {
		const char *what, *anchor, *text, *want;
	} rows[] = {
		{ "one line", "b", "a\nb\nc\n", "1" },
		{ "every line", "b", "ab\nb\nc\nbb", "0 1 3" },
		{ "a line counts once", "b", "bbb\nbb\n", "0 1" },
		{ "blanks matter", " b", "b\n b\n", "1" },
		{ "its characters mean themselves", "a.*b", "aXb\na.*b\n",
		    "1" },
		{ "no line", "z", "a\nb\n", "" },
		{ "empty", "", "a\nb\n", "" },
		{ "in nothing", "a", "", "" },
		{ "the last line, open", "c", "a\nb\nc", "2" },
		{ "with its line end", "b\n", "b\nab\nb", "0 1" },
		{ "over two lines", "a\nb", "a\nb\n", "" },
		{ "CR is a byte", "b\r", "b\r\nb\n", "0" },
		{ "no UTF-8", "\xff", "a\n\xff\n", "1" },
	};
	size_t *lines, n;

	for (size_t i = 0; i < countof(rows); i++) {
		anchor_find(a, str(rows[i].text), str(rows[i].anchor), &lines,
		    &n);
		is_str(lines_text(a, lines, n), rows[i].want, "anchor: %s",
		    rows[i].what);
	}
}

static void
test_regex(struct arena *a)
{
	static const struct {
		const char *what, *pattern, *text, *want;
	} rows[] = {
		{ "a line", "b+", "a\nbb\nc\n", "1" },
		{ "all lines", "^a", "a\nba\nab", "0 2" },
		{ "$ is before LF", "a$", "a\nab\na", "0 2" },
		{ "$ is before CRLF", "a$", "a\r\nab\r\n", "0" },
		{ "$ is before a CR within no more", "a$", "a\rb\n", "" },
		{ "not over lines", "a\\nb", "a\nb\n", "" },
		{ "dot takes every byte", "^.$", "\xff\n\xc3\xa9\n", "0" },
		{ "an empty line", "^$", "a\n\nb\n", "1" },
		{ "no line behind the last line end", "^$", "a\n", "" },
		{ "groups and references", "(a)(b)\\1", "aba\nabb\n", "0" },
		{ "look around", "(?<=x)a(?!b)", "xab\nxac\n", "1" },
		{ "caseless", "(?i)AB", "ab\n", "0" },
		{ "a mark is no part of line 1", "^a", "\xef\xbb\xbf" "a\n",
		    "0" },
		{ "nothing", "a", "", "" },
	};
	size_t *lines, n;
	struct err e;

	for (size_t i = 0; i < countof(rows); i++) {
		ok(regex_find(a, str(rows[i].pattern), str(rows[i].text),
		    60000, &lines, &n, &e) == 0, "pattern: %s", rows[i].what);
		is_str(lines_text(a, lines, n), rows[i].want, "lines: %s",
		    rows[i].what);
	}
}

static struct str
times(struct arena *a, const char *piece, size_t n)
{
	size_t len = strlen(piece);
	char *p = arena_alloc(a, n * len);

	for (size_t i = 0; i < n; i++)
		memcpy(p + i * len, piece, len);
	return str_n(p, n * len);
}

static void
test_regex_refused(struct arena *a)
{
	static const struct {
		const char *what, *pattern, *says;
	} rows[] = {
		{ "an open group", "a(b", "at byte 3" },
		{ "nothing to repeat", "ab**?+", "at byte" },
		{ "a wrong range", "x[b-a]", "at byte 4" },
		{ "\\C", "a\\C", "at byte 3" },
		{ "UTF mode", "(*UTF)a", "at byte" },
		{ "UCP mode", "(*UCP)a", "at byte" },
		{ "a pattern that explodes", "(((a{1,999}){1,999}){1,999})",
		    "at byte" },
	};
	size_t *lines, n;
	struct err e = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		ok(regex_find(a, str(rows[i].pattern), STR("a\n"), 60000,
		    &lines, &n, &e) == -1 && e.kind == ERR_INVALID &&
		    strstr(e.detail, rows[i].says), "refused: %s: %s",
		    rows[i].what, e.detail);
	}
	ok(regex_find(a, times(a, "a", 256), STR("a"), 60000, &lines, &n,
	    &e) == 0, "256 bytes are a pattern");
	ok(regex_find(a, times(a, "a", 257), STR("a"), 60000, &lines, &n,
	    &e) == -1 && e.kind == ERR_LIMIT_EXCEEDED, "257 are too many");
	ok(regex_find(a, STR("a"), times(a, "b", 65536), 60000, &lines, &n,
	    &e) == 0, "64 KiB are a line");
	ok(regex_find(a, STR("a"), times(a, "b", 65537), 60000, &lines, &n,
	    &e) == -1 && e.kind == ERR_LIMIT_EXCEEDED, "more is too long");
}

static void
test_regex_bombs(struct arena *a)
{
	static const struct {
		const char *pattern, *piece;
		size_t n;
	} rows[] = {
		{ "(a+)+$", "a", 28 },
		{ "^(\\w+\\s?)*$", "aaaa ", 12 },
		{ "^(?:.*=.*)*;x?;$|^(a|aa)+$", "a", 60 },
		{ "(?:(?:a?){30}){30}$", "a", 100 },
	};
	size_t *lines, n;
	struct err e = { 0 };

	for (size_t i = 0; i < countof(rows); i++) {
		struct str text = arena_fmt(a, "x\n%.*s!\n",
		    STR_ARG(times(a, rows[i].piece, rows[i].n)));

		ok(regex_find(a, str(rows[i].pattern), text, 60000, &lines,
		    &n, &e) == -1 && e.kind == ERR_LIMIT_EXCEEDED &&
		    strstr(e.detail, "line 2"), "%s ends by a limit: %s",
		    rows[i].pattern, e.detail);
	}
	/* Each start stays below the limit of steps, all take 2,000,000,000. */
	ok(regex_find(a, STR("a*?[bc]"), times(a, "a", 65536), 30, &lines, &n,
	    &e) == -1 && e.kind == ERR_LIMIT_EXCEEDED &&
	    strstr(e.detail, "time"), "one line ends by the deadline: %s",
	    e.detail);
	ok(regex_find(a, STR("x*?[ab]*?c$|(?:a|b)*?d$"), times(a,
	    "abababababababababababababababababababababababababab\n", 200000),
	    30, &lines, &n, &e) == -1 && e.kind == ERR_LIMIT_EXCEEDED &&
	    strstr(e.detail, "time"), "many lines end by the deadline: %s",
	    e.detail);
	ok(regex_find(a, STR("a"), STR("b\n"), 0, &lines, &n, &e) == -1 &&
	    e.kind == ERR_LIMIT_EXCEEDED, "no time at all is no time");
}

/* What takes more than a pass over the text does not end here. */
static void
test_many(struct arena *a)
{
	static const struct {
		const char *what, *piece;
		size_t hits;
	} rows[] = {
		{ "regions", B("A") "\nx\n" E("A") "\n", 100000 },
		{ "nested", B("A") "\n", 100000 },
		{ "hash signs", "#############################", 0 },
		{ "almost markers", "###FINAL_MILE_PROMPT__", 0 },
		{ "ends", E("A"), 0 },
	};
	struct marker_hit *h;
	size_t n, *lines;

	for (size_t i = 0; i < countof(rows); i++) {
		marker_find(a, times(a, rows[i].piece, 100000),
		    MARKER_FINAL_MILE, STR("A"), &h, &n);
		is_int(n, rows[i].hits, "100,000 times: %s", rows[i].what);
	}
	marker_find(a, times(a, "<<<BEGIN:", 100000), MARKER_BEGIN_END,
	    STR("A"), &h, &n);
	is_int(n, 0, "100,000 begins of nothing");
	anchor_find(a, times(a, "ab\n", 100000), STR("b"), &lines, &n);
	ok(n == 100000 && lines[99999] == 99999, "100,000 lines");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_markers(a);
	test_pairs(a);
	test_anchors(a);
	test_regex(a);
	test_regex_refused(a);
	test_regex_bombs(a);
	test_many(a);
	arena_free(a);
	return done_testing();
}
