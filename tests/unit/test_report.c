/* The three forms of a report: every piece of escaping, and whole documents
 * against those in tests/report.  When a document is meant to change:
 * tests/lib/report_show NAME FORM >tests/report/NAME.FORM */
#include "report_fixture.h"
#include "tap.h"

#include "base/utf8.h"
#include "report/figure.h"
#include "report/html.h"
#include "report/markdown.h"
#include "report/visible.h"

#define RLO "\xe2\x80\xae"
#define LF_SIGN "\xe2\x86\xb5"
#define TAB_SIGN "\xe2\x87\xa5"
#define SPACE_SIGN "\xe2\x90\xa3"
#define REPLACED "\xef\xbf\xbd"
#define DASH "\xe2\x80\x94"

static struct arena *arena;

/* in as bytes; what is shown, as Markdown outside and inside of tables, as
 * HTML.  NULL: as shown (in Markdown, between single backticks). */
static const struct {
	const char *name;
	struct str in;
	const char *shown, *md, *cell, *html;
} rows[] = {
	{ "plain", STR("src/a.c"), "src/a.c", NULL, NULL, NULL },
	{ "letters of all scripts", STR("\xc3\xa9\xe6\x97\xa5\xf0\x9f\x8e\x89"), "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x8e\x89", NULL, NULL, NULL },
	{ "line feed", STR("a\n# b"), "a" LF_SIGN "# b", NULL, NULL, "a<i>" LF_SIGN "</i># b" },
	{ "carriage return", STR("a\r\nb"), "a\\u{d}" LF_SIGN "b", NULL, NULL, "a<i>\\u{d}</i><i>" LF_SIGN "</i>b" },
	{ "tab", STR("a\tb"), "a" TAB_SIGN "b", NULL, NULL, "a<i>" TAB_SIGN "</i>b" },
	{ "spaces at both ends", STR(" a "), SPACE_SIGN "a" SPACE_SIGN, NULL, NULL, "<i>" SPACE_SIGN "</i>a<i>" SPACE_SIGN "</i>" },
	{ "spaces in a row", STR("a  b c"), "a " SPACE_SIGN "b c", NULL, NULL, "a <i>" SPACE_SIGN "</i>b c" },
	{ "a space only", STR(" "), SPACE_SIGN, NULL, NULL, "<i>" SPACE_SIGN "</i>" },
	{ "escape sequence", STR("\x1b[31m"), "\\u{1b}[31m", NULL, NULL, "<i>\\u{1b}</i>[31m" },
	{ "NUL and DEL", STR("a\0b\x7f"), "a\\u{0}b\\u{7f}", NULL, NULL, "a<i>\\u{0}</i>b<i>\\u{7f}</i>" },
	{ "C1 control", STR("\xc2\x9b"), "\\u{9b}", NULL, NULL, "<i>\\u{9b}</i>" },
	{ "right-to-left override", STR(RLO "gnp.exe"), "\\u{202e}gnp.exe", NULL, NULL, "<i>\\u{202e}</i>gnp.exe" },
	{ "isolates", STR("\xe2\x81\xa6x\xe2\x81\xa9"), "\\u{2066}x\\u{2069}", NULL, NULL, "<i>\\u{2066}</i>x<i>\\u{2069}</i>" },
	{ "Arabic letter mark", STR("\xd8\x9c"), "\\u{61c}", NULL, NULL, "<i>\\u{61c}</i>" },
	{ "zero width", STR("a\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf"), "a\\u{200b}\\u{200d}\\u{feff}", NULL, NULL, "a<i>\\u{200b}</i><i>\\u{200d}</i><i>\\u{feff}</i>" },
	{ "soft hyphen, no-break space", STR("\xc2\xad\xc2\xa0"), "\\u{ad}\\u{a0}", NULL, NULL, "<i>\\u{ad}</i><i>\\u{a0}</i>" },
	{ "separators of lines", STR("\xe2\x80\xa8\xe2\x80\xa9\xc2\x85"), "\\u{2028}\\u{2029}\\u{85}", NULL, NULL, "<i>\\u{2028}</i><i>\\u{2029}</i><i>\\u{85}</i>" },
	{ "tags nobody sees", STR("\xf3\xa0\x81\xa1"), "\\u{e0061}", NULL, NULL, "<i>\\u{e0061}</i>" },
	{ "last and first of a range", STR("\xe2\x80\x8f\xe2\x80\x90\xe2\x80\xa7"), "\\u{200f}\xe2\x80\x90\xe2\x80\xa7", NULL, NULL, "<i>\\u{200f}</i>\xe2\x80\x90\xe2\x80\xa7" },
	{ "the signs themselves", STR(LF_SIGN TAB_SIGN SPACE_SIGN), "\\u{21b5}\\u{21e5}\\u{2423}", NULL, NULL, "<i>\\u{21b5}</i><i>\\u{21e5}</i><i>\\u{2423}</i>" },
	{ "what looks like a mark", STR("\\u{202e}\\u"), "\\u{5c}u{202e}\\u", NULL, NULL, "<i>\\u{5c}</i>u{202e}\\u" },
	{ "bytes that are not UTF-8", STR("a\xff\xc3"), "a" REPLACED REPLACED, NULL, NULL, "a" REPLACED REPLACED },
	{ "overlong, surrogate", STR("\xc0\xaf\xed\xa0\x80"), REPLACED REPLACED REPLACED REPLACED REPLACED, NULL, NULL, REPLACED REPLACED REPLACED REPLACED REPLACED },
	{ "cut within a character", STR("\xe2\x82"), REPLACED REPLACED, NULL, NULL, REPLACED REPLACED },
	{ "a pipe", STR("a|b"), "a|b", NULL, "`a\\|b`", NULL },
	{ "a backslash before a pipe", STR("a\\|b"), "a\\|b", NULL, "`a\\u{5c}\\|b`", NULL },
	{ "two of them", STR("a\\\\|"), "a\\\\|", NULL, "`a\\\\u{5c}\\|`", NULL },
	{ "a backslash at the end", STR("a\\"), "a\\", NULL, NULL, NULL },
	{ "a backtick", STR("`"), "`", "`` ` ``", "`` ` ``", NULL },
	{ "a backtick within", STR("a`b"), "a`b", "``a`b``", "``a`b``", NULL },
	{ "two backticks", STR("a``b"), "a``b", "`a``b`", "`a``b`", NULL },
	{ "runs of one and two", STR("a`b``"), "a`b``", "``` a`b`` ```", "``` a`b`` ```", NULL },
	{ "a fence", STR("```\nx"), "```" LF_SIGN "x", "` ```" LF_SIGN "x `", "` ```" LF_SIGN "x `", "```<i>" LF_SIGN "</i>x" },
	{ "markup", STR("<b a='1'>&amp;\""), "<b a='1'>&amp;\"", NULL, NULL, "&lt;b a=&#39;1&#39;&gt;&amp;amp;&quot;" },
	{ "a link", STR("[x](javascript:y)"), "[x](javascript:y)", NULL, NULL, NULL },
};

static void
test_pieces(void)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf b = BUF_INIT(KIB(64));
		const char *plain = arena_fmt(arena, "`%s`", rows[i].shown).p;
		struct visible v;
		struct piece p;

		visible_begin(&v, rows[i].in);
		while (visible_next(&v, &p))
			buf_add(&b, p.text);
		is_str(buf_str(&b), rows[i].shown, "%s", rows[i].name);
		buf_reset(&b);
		markdown_code(&b, rows[i].in, false);
		is_str(buf_str(&b), rows[i].md ? rows[i].md : plain,
		    "%s, Markdown", rows[i].name);
		buf_reset(&b);
		markdown_code(&b, rows[i].in, true);
		is_str(buf_str(&b), rows[i].cell ? rows[i].cell : plain,
		    "%s, in a cell", rows[i].name);
		buf_reset(&b);
		html_text(&b, rows[i].in);
		is_str(buf_str(&b), arena_fmt(arena, "<bdi>%s</bdi>",
		    rows[i].html ? rows[i].html : rows[i].shown).p,
		    "%s, HTML", rows[i].name);
		buf_free(&b);
	}
}

static void
test_nothing(void)
{
	struct buf b = BUF_INIT(KIB(1));

	markdown_code(&b, STR_NONE, true);
	buf_addc(&b, ' ');
	markdown_code(&b, STR(""), true);
	is_str(buf_str(&b), DASH " (empty)", "absent and empty, Markdown");
	buf_reset(&b);
	html_text(&b, STR_NONE);
	html_text(&b, STR(""));
	is_str(buf_str(&b), "<span class=\"none\">" DASH "</span>"
	    "<span class=\"none\">(empty)</span>", "absent and empty, HTML");
	buf_reset(&b);
	html_plain(&b, STR("<\n\">"));
	is_str(buf_str(&b), "&lt;" LF_SIGN "&quot;&gt;", "where no element is");
	buf_free(&b);
}

/* A text of n times what unit is. */
static struct str
times(const char *unit, size_t n)
{
	struct buf b = BUF_INIT(MIB(1));
	struct str s;

	while (n--)
		buf_adds(&b, unit);
	s = arena_str(arena, buf_str(&b));
	buf_free(&b);
	return s;
}

static void
test_long(void)
{
	struct buf b = BUF_INIT(MIB(1)), runs = BUF_INIT(KIB(8));
	struct str s;

	markdown_code(&b, times("x", REPORT_CELL_BYTES), true);
	ok(!strstr(b.p, "bytes"), "all of a text that just fits");
	buf_reset(&b);
	markdown_code(&b, times("x", REPORT_CELL_BYTES + 7), true);
	ok(str_ends(buf_str(&b), STR("x` (+7 bytes)")), "what is cut is said");
	buf_reset(&b);
	/* REPORT_CELL_BYTES is a multiple of 3, so this is out of step by 1 */
	s = arena_fmt(arena, "x%s", times("\xe6\x97\xa5", 500).p);
	html_text(&b, s);
	ok(!strstr(b.p, REPLACED) && strstr(b.p, "(+303 bytes)"),
	    "no character is cut in two");
	buf_reset(&b);
	for (size_t n = 1; runs.len + n < REPORT_CELL_BYTES; n++)
		buf_addf(&runs, "%sx", times("`", n).p);
	markdown_code(&b, buf_str(&runs), true);
	ok(strspn(b.p, "`") < 60 && !strstr(runs.p,
	    arena_fmt(arena, "x%.*sx", (int)strspn(b.p, "`"), b.p).p),
	    "a fence that the text does not have, below 60");
	buf_free(&b);
	buf_free(&runs);
}

static void
test_kept_text(void)
{
	struct str most = times("y", REPORT_TEXT_BYTES), s;

	s = report_text(arena, most);
	ok(s.p == most.p && s.len == most.len, "what fits is left alone");
	ok(!report_text(arena, STR_NONE).p, "absent stays absent");
	s = report_text(arena, times("\xe6\x97\xa5", 2000));
	ok(s.len <= REPORT_TEXT_BYTES && utf8_check(s) == s.len &&
	    str_ends(s, STR(" bytes more)")), "a cut says how much is missing");
	is_str(report_text(arena, STR("a\xff")), "a" REPLACED,
	    "bytes that are not UTF-8 are replaced");
	s = report_text(arena, times("\xff", REPORT_TEXT_BYTES));
	ok(utf8_check(s) == s.len && s.len == 3 * REPORT_TEXT_BYTES,
	    "also all of them");
	s = report_text(arena, times("\xbf", REPORT_TEXT_BYTES + 1));
	ok(utf8_check(s) == s.len && str_ends(s, STR(" bytes more)")),
	    "a cut in what is no text");
}

static const struct { int64_t num, den; const char *want; } rates[] = {
	{ 0, 0, DASH }, { 0, 5, "0.0 %" }, { 5, 5, "100.0 %" },
	{ 1, 3, "33.3 %" }, { 2, 3, "66.7 %" }, { 1, 2, "50.0 %" },
	{ 4999, 5000, "99.9 %" }, { 1, 5000, "0.1 %" }, { 29, 30, "96.7 %" },
	{ 37, 40, "92.5 %" }, { 1, 2000, "0.1 %" }, { 5, 8, "62.5 %" },
	{ INT64_MAX - 1, INT64_MAX, "99.9 %" },
};
static const struct { int64_t ms; const char *want; } spans[] = {
	{ -1, DASH }, { 0, "0 ms" }, { 999, "999 ms" }, { 1000, "1.000 s" },
	{ 59999, "59.999 s" }, { 60000, "1 min 00 s" },
	{ 3599999, "59 min 59 s" }, { 3600000, "1 h 00 min" },
	{ 86399999, "23 h 59 min" }, { 86400000, "1 d 00 h" },
	{ 400LL * 86400000, "400 d 00 h" },
};

static void
test_figures(void)
{
	struct buf b = BUF_INIT(KIB(1));

	for (size_t i = 0; i < countof(rates); i++) {
		buf_reset(&b);
		figure_rate(&b, rates[i].num, rates[i].den);
		is_str(buf_str(&b), rates[i].want, "rate %zu", i);
	}
	for (size_t i = 0; i < countof(spans); i++) {
		buf_reset(&b);
		figure_ms(&b, spans[i].ms);
		is_str(buf_str(&b), spans[i].want, "duration %zu", i);
	}
	buf_reset(&b);
	figure_time(&b, FIXTURE_START);
	figure_time(&b, -1);
	is_str(buf_str(&b), "2025-11-25 02:16:40.123" DASH, "times");
	buf_reset(&b);
	figure_count(&b, 1, "file", "files");
	figure_count(&b, 0, "file", "files");
	is_str(buf_str(&b), "1 file0 files", "one and many");
	buf_free(&b);
}

static struct str
golden(const char *name, const char *form)
{
	const char *top = getenv("abs_top_srcdir");
	struct str path = arena_fmt(arena, "%s/tests/report/%s.%s",
	    top ? top : "..", name, form);
	FILE *f = fopen(path.p, "r");
	char *text = arena_bytes(arena, MIB(1));
	size_t n;

	if (!f)
		return STR_NONE;
	n = fread(text, 1, MIB(1), f);
	fclose(f);
	return str_n(text, n);
}

static void
is_golden(struct str got, const char *name, const char *form)
{
	struct str want = golden(name, form);
	size_t i = 0, from;

	if (ok(want.p && str_eq(got, want), "%s.%s is as it stands", name,
	    form))
		return;
	while (i < got.len && i < want.len && got.p[i] == want.p[i])
		i++;
	from = i < 60 ? 0 : i - 60;
	tap_show("got", str_n(got.p + from, got.len - from < 160 ?
	    got.len - from : 160));
	if (from < want.len)
		tap_show("want", str_n(want.p + from, want.len - from < 160 ?
		    want.len - from : 160));
}

static const char *const names[] = { "plain", "empty", "hostile", "many" };
static const char *const forms[] = { "md", "json", "html" };

/* Made twice, and made from what was kept, all are the same. */
static void
test_documents(void)
{
	for (size_t i = 0; i < countof(names); i++) {
		struct buf first = BUF_INIT(REPORT_MAX_BYTES);
		struct buf b = BUF_INIT(REPORT_MAX_BYTES);
		struct err e = { 0 };
		struct report r, kept;

		fixture_of(arena, names[i], &r);
		report_json(&first, &r);
		is_int(report_parse(buf_str(&first), arena, &kept, &e), 0,
		    "%s is read again: %s %s", names[i], e.detail, e.at);
		for (size_t k = 0; k < countof(forms); k++) {
			buf_reset(&first);
			buf_reset(&b);
			fixture_render(&r, forms[k], &first);
			fixture_render(&kept, forms[k], &b);
			ok(!first.full && str_eq(buf_str(&first), buf_str(&b)),
			    "%s.%s comes from what is kept", names[i],
			    forms[k]);
			ok(utf8_check(buf_str(&first)) == first.len &&
			    first.p[first.len - 1] == '\n' &&
			    !memchr(first.p, 0, first.len),
			    "%s.%s is text", names[i], forms[k]);
			if (!str_is(str(names[i]), "many"))
				is_golden(buf_str(&first), names[i], forms[k]);
		}
		buf_free(&first);
		buf_free(&b);
	}
}

static void
test_kept_badly(void)
{
	struct report r;
	struct err e = { 0 };

	is_int(report_parse(STR("{}"), arena, &r, &e), -1, "no report");
	is_int(e.kind, ERR_STORE_FAILED, "is a fault of what was kept");
	e = (struct err){ 0 };
	is_int(report_parse(STR("{\"order_id\":\"x"), arena, &r, &e), -1,
	    "half of one");
	is_int(e.kind, ERR_STORE_FAILED, "likewise: %s", e.detail);
}

int
main(void)
{
	arena = arena_new();
	test_pieces();
	test_nothing();
	test_long();
	test_kept_text();
	test_figures();
	test_documents();
	test_kept_badly();
	arena_free(arena);
	return done_testing();
}
