/* Scripts: hunks in their places, carried, undone, packed. */
#include "text/differ.h"
#include "text/match.h"
#include "tap.h"

static unsigned
next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16 & 0x7fff;
}

/* Two hunks: do they touch, and which stands first? */
static void
test_place(struct arena *a)
{
	static const struct {
		const char *name;
		size_t from, gone, from2, gone2;
		int rank2;
		const char *order;	/* NULL: they touch */
	} rows[] = {
		{ "apart", 0, 2, 5, 1, 0, "12" },
		{ "apart, later first", 5, 1, 0, 2, 0, "21" },
		{ "side by side", 0, 2, 2, 2, 0, "12" },
		{ "the same", 1, 2, 1, 2, 0, NULL },
		{ "one byte of both", 0, 3, 2, 3, 0, NULL },
		{ "one in the other", 0, 9, 3, 1, 0, NULL },
		{ "a point inside", 0, 4, 2, 0, 0, NULL },
		{ "around a point", 2, 0, 0, 4, 0, NULL },
		{ "a point at the start", 2, 2, 2, 0, 0, "21" },
		{ "a point at the end", 2, 2, 4, 0, 0, "12" },
		{ "taken from a point on", 2, 0, 2, 2, 0, "12" },
		{ "taken up to a point", 4, 0, 2, 2, 0, "21" },
		{ "one point twice", 3, 0, 3, 0, 0, "12" },
		{ "one point, lower rank", 3, 0, 3, 0, -1, "21" },
		{ "one point, higher rank", 3, 0, 3, 0, 1, "12" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct script s = { 0 };
		struct hunk one = { rows[i].from, { "xxxxxxxxx", rows[i].gone },
		    STR("1"), 0 };
		struct hunk two = { rows[i].from2, { "xxxxxxxxx",
		    rows[i].gone2 }, STR("2"), rows[i].rank2 };
		char order[3] = "";

		script_add(a, &s, &one);
		if (script_add(a, &s, &two) && s.n == 2) {
			order[0] = s.h[0].come.p[0];
			order[1] = s.h[1].come.p[0];
		}
		is_str(str(order[0] ? order : NULL), rows[i].order, "%s",
		    rows[i].name);
	}
}

/* A stretch carried through one hunk at 10..10+gone that puts come bytes. */
static void
test_carry(struct arena *a)
{
	static const struct {
		const char *name;
		size_t gone, come, from, to;
		bool late;
		long long want;		/* -1: touched */
	} rows[] = {
		{ "before", 2, 5, 0, 10, false, 0 },
		{ "behind", 2, 5, 12, 15, false, 15 },
		{ "the first byte", 2, 5, 10, 11, false, -1 },
		{ "the last byte", 2, 5, 11, 14, false, -1 },
		{ "around", 2, 5, 8, 20, false, -1 },
		{ "a point at its start", 2, 5, 10, 10, false, 10 },
		{ "a point inside", 2, 5, 11, 11, false, -1 },
		{ "a point at its end", 2, 5, 12, 12, false, 15 },
		{ "put in inside", 0, 5, 8, 12, false, -1 },
		{ "put in at the start", 0, 5, 10, 12, false, 15 },
		{ "put in at the end", 0, 5, 8, 10, false, 8 },
		{ "put in at the point", 0, 5, 10, 10, false, 10 },
		{ "put in at a late point", 0, 5, 10, 10, true, 15 },
		{ "taken before", 4, 0, 14, 20, false, 10 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct script s = { 0 };
		struct hunk h = { 10, { "gone", rows[i].gone },
		    { "comes", rows[i].come }, 0 };
		struct reach r = { rows[i].from, rows[i].to, rows[i].late };
		bool held;

		script_add(a, &s, &h);
		held = reach_carry(&s, &r);
		is_int(held ? (long long)r.from : -1, rows[i].want, "%s",
		    rows[i].name);
	}
}

/* Up to n hunks over a text. */
static struct script
random_script(struct arena *a, struct str text, unsigned *seed)
{
	size_t n = next_random(seed) % 5, from = 0;
	struct script s = { 0 };

	while (n--) {
		struct hunk h = { .come = str_n("new text", next_random(seed) %
		    9) };

		h.from = from + next_random(seed) % 20;
		h.gone.len = next_random(seed) % 6;
		if (h.from + h.gone.len > text.len)
			break;
		h.gone.p = text.p + h.from;
		from = h.from + h.gone.len;
		script_add(a, &s, &h);
	}
	return s;
}

static void
test_inverse(struct arena *a)
{
	unsigned seed = 11;
	size_t bad = 0, packed_bad = 0;

	for (int i = 0; i < 2000; i++) {
		struct str text = str_n("the quick brown fox jumps over the "
		    "lazy dog and sleeps", next_random(&seed) % 55);
		struct script s = random_script(a, text, &seed), kept, back;
		struct str after = script_apply(a, &s, text);
		struct buf b = BUF_INIT(KIB(4));

		back = script_inverse(a, &s);
		bad += !script_fits(&s, text) || !script_fits(&back, after);
		bad += !str_eq(script_apply(a, &back, after), text);
		script_pack(&s, &b);
		packed_bad += !script_unpack(a, buf_str(&b), &kept);
		back = script_inverse(a, &kept);
		packed_bad += !str_eq(script_apply(a, &back, after), text);
		if (b.len > 1)
			packed_bad += script_unpack(a, str_n(b.p, b.len - 1),
			    &kept);
		buf_free(&b);
	}
	is_int(bad, 0, "what is undone is as before, 2000 times");
	is_int(packed_bad, 0, "also from its packed form; a cut one is none");
}

/* Two scripts over one text that do not touch give the same in either order. */
static void
test_commute(struct arena *a)
{
	unsigned seed = 5;
	size_t bad = 0, untouched = 0;

	for (int i = 0; i < 5000; i++) {
		struct str text = STR("the quick brown fox jumps over the lazy "
		    "dog and sleeps until the next morning");
		struct script s = random_script(a, text, &seed);
		struct script t = random_script(a, text, &seed), s2, t2;
		size_t hunk;

		if (!script_carry(a, &s, &t, &t2, &hunk) ||
		    !script_carry(a, &t, &s, &s2, &hunk))
			continue;
		/* what both put in at one point comes in some order */
		for (size_t j = 0; j < s.n * t.n; j++)
			if (s.h[j / t.n].from == t.h[j % t.n].from)
				goto next;
		untouched++;
		bad += !str_eq(script_apply(a, &t2, script_apply(a, &s, text)),
		    script_apply(a, &s2, script_apply(a, &t, text)));
next:		;
	}
	ok(untouched > 200, "%zu pairs do not touch", untouched);
	is_int(bad, 0, "and give the same in either order");
}

/* The fewest lines that differ, the slow way. */
static size_t
lines_of_both(const struct lines *x, const struct lines *y)
{
	static size_t t[40][40];

	for (size_t i = 0; i <= x->n; i++)
		for (size_t j = 0; j <= y->n; j++) {
			if (i == 0 || j == 0)
				t[i][j] = 0;
			else if (str_eq(lines_slice(x, i - 1, i),
			    lines_slice(y, j - 1, j)))
				t[i][j] = t[i - 1][j - 1] + 1;
			else
				t[i][j] = t[i - 1][j] > t[i][j - 1] ?
				    t[i - 1][j] : t[i][j - 1];
		}
	return t[x->n][y->n];
}

static struct str
random_lines(struct arena *a, unsigned *seed)
{
	static const char *const pieces[] = { "a\n", "b\n", "c\n", "\n", "a\r\n" };
	size_t n = next_random(seed) % 30;
	struct str s = STR("");

	while (n--)
		s = arena_fmt(a, "%.*s%s", STR_ARG(s),
		    pieces[next_random(seed) % countof(pieces)]);
	if (next_random(seed) % 3 == 0)
		s = arena_fmt(a, "%.*sx", STR_ARG(s));
	return s;
}

static void
test_differ(struct arena *a)
{
	unsigned seed = 3;
	size_t bad = 0, more = 0;

	for (int i = 0; i < 3000; i++) {
		struct lines x, y;
		struct script s;
		size_t gone = 0;

		lines_of(a, random_lines(a, &seed), &x);
		lines_of(a, random_lines(a, &seed), &y);
		s = differ(a, &x, &y);
		bad += !script_fits(&s, x.text) ||
		    !str_eq(script_apply(a, &s, x.text), y.text);
		for (size_t j = 0; j < s.n; j++)
			gone += text_count_ends(s.h[j].gone) +
			    text_is_open(s.h[j].gone);
		more += gone != x.n - lines_of_both(&x, &y);
	}
	is_int(bad, 0, "3000 differences make the one text of the other");
	is_int(more, 0, "none takes more lines than it must");
}

static void
test_differ_large(struct arena *a)
{
	struct buf x = BUF_INIT(MIB(16)), y = BUF_INIT(MIB(16));
	struct lines lx, ly;
	struct script s;

	for (int i = 0; i < 60000; i++) {
		buf_addf(&x, "line %d\n", i);
		buf_addf(&y, "line %d\n", i % 3 ? i * 7 : i + 100000);
	}
	lines_of(a, buf_str(&x), &lx);
	lines_of(a, buf_str(&y), &ly);
	s = differ(a, &lx, &ly);
	ok(str_eq(script_apply(a, &s, lx.text), ly.text),
	    "60000 lines that hardly agree");
	buf_free(&x);
	buf_free(&y);
}

static void
test_match(struct arena *a)
{
	static const struct {
		const char *name, *text, *needle;
		enum match_place place;
		enum match_kind kind;
		const char *found;	/* "from-to from-to" */
	} rows[] = {
		{ "within a line", "abc", "b", MATCH_ANYWHERE, MATCH_EXACT, "1-2 " },
		{ "twice", "abab", "ab", MATCH_ANYWHERE, MATCH_EXACT, "0-2 2-4 " },
		{ "none within another", "aaa", "aa", MATCH_ANYWHERE, MATCH_EXACT, "0-2 " },
		{ "not at all", "abc", "x", MATCH_ANYWHERE, MATCH_NONE, "" },
		{ "larger than the text", "a", "ab", MATCH_ANYWHERE, MATCH_NONE, "" },
		{ "exact comes first", "a \na\n", "a\n", MATCH_LINES, MATCH_EXACT, "3-5 " },
		{ "whole lines only", "xa\na\n", "a\n", MATCH_LINES, MATCH_EXACT, "3-5 " },
		{ "a line in the middle", "b\na\nc\n", "a\n", MATCH_LINES, MATCH_EXACT, "2-4 " },
		{ "the last, open line", "b\na", "a", MATCH_LINES, MATCH_EXACT, "2-3 " },
		{ "an open line is the last", "a\na", "a", MATCH_LAST_LINES, MATCH_EXACT, "2-3 " },
		{ "behind the mark", "\xef\xbb\xbf" "a\n", "a\n", MATCH_LINES, MATCH_EXACT, "3-5 " },
		{ "blanks in the text", "x\na \t\nb\n", "a\nb\n", MATCH_LINES, MATCH_TRAILING_SPACE, "2-8 " },
		{ "blanks in the needle", "x\na\nb\n", "a  \nb\n", MATCH_LINES, MATCH_TRAILING_SPACE, "2-6 " },
		{ "CR is a blank there", "a\r\nb\r\nc\n", "a\nb\n", MATCH_LINES, MATCH_TRAILING_SPACE, "0-6 " },
		{ "a blank line with blanks", "a\n  \nb\n", "\nb\n", MATCH_LINES, MATCH_TRAILING_SPACE, "2-7 " },
		{ "at the start of the text", "  \nb\n", "\nb\n", MATCH_LINES, MATCH_TRAILING_SPACE, "0-5 " },
		{ "the next line's blanks stay", "a \n  \nb\n", "a\n", MATCH_LINES, MATCH_TRAILING_SPACE, "0-3 " },
		{ "the last line has no end", "x\na", "a\n", MATCH_LINES, MATCH_TRAILING_SPACE, "2-3 " },
		{ "and blanks", "x\na  ", "a\n", MATCH_LINES, MATCH_TRAILING_SPACE, "2-5 " },
		{ "blanks in front count", " a\n", "a\n", MATCH_LINES, MATCH_NONE, "" },
		{ "blanks within count", "a  b\n", "a b\n", MATCH_LINES, MATCH_NONE, "" },
		{ "part of a line, blanks behind", "x = 1;  \ny\n", "1; \ny", MATCH_ANYWHERE, MATCH_TRAILING_SPACE, "4-10 " },
		{ "a needle that ends in blanks", "foo\nbar\n", "foo  ", MATCH_ANYWHERE, MATCH_TRAILING_SPACE, "0-3 " },
		{ "takes the blanks that are there", "foo\t\nbar\n", "foo  ", MATCH_ANYWHERE, MATCH_TRAILING_SPACE, "0-4 " },
		{ "nothing but blanks", "foo\n", "  \t", MATCH_ANYWHERE, MATCH_NONE, "" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct str found = STR("");
		struct matches m;

		match_find(a, str(rows[i].text), str(rows[i].needle),
		    rows[i].place, &m);
		for (size_t j = 0; j < m.n; j++)
			found = arena_fmt(a, "%.*s%zu-%zu ", STR_ARG(found),
			    m.m[j].from, m.m[j].to);
		is_str(found, rows[i].found, "%s", rows[i].name);
		is_int(m.kind, rows[i].kind, "%s: how", rows[i].name);
	}
}

int
main(void)
{
	struct arena *a = arena_new();

	test_place(a);
	test_carry(a);
	test_inverse(a);
	test_commute(a);
	test_differ(a);
	test_differ_large(a);
	test_match(a);
	arena_free(a);
	return done_testing();
}
