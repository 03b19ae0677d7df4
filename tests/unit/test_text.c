#include "base/buf.h"
#include "text/doc.h"
#include "tap.h"

static void
test_lines(struct arena *a)
{
	static const struct {
		const char *text;
		size_t n, ends;
		enum endings endings;
		bool open;
	} rows[] = {
		{ "", 0, 0, ENDINGS_NONE, false },
		{ "\n", 1, 1, ENDINGS_OTHER, false },
		{ "a", 1, 0, ENDINGS_NONE, true },
		{ "a\n", 1, 1, ENDINGS_OTHER, false },
		{ "a\nb", 2, 1, ENDINGS_OTHER, true },
		{ "a\n\n\nb\n", 4, 4, ENDINGS_OTHER, false },
		{ "a\r\nb\r\n", 2, 2, ENDINGS_CRLF, false },
		{ "a\r\nb\nc", 3, 2, ENDINGS_OTHER, true },
		{ "a\r\nb\r\nc", 3, 2, ENDINGS_CRLF, true },
		{ "\r\n", 1, 1, ENDINGS_CRLF, false },
		{ "a\rb\n", 1, 1, ENDINGS_OTHER, false },
		{ "\xff\xfe\n\x80", 2, 1, ENDINGS_OTHER, true },
		{ "\xef\xbb\xbf", 0, 0, ENDINGS_NONE, true },
		{ "\xef\xbb\xbfx\ny\n", 2, 2, ENDINGS_OTHER, false },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct lines l;

		lines_of(a, str(rows[i].text), &l);
		is_int(l.n, rows[i].n, "row %zu: lines", i);
		is_int(l.ends, rows[i].ends, "row %zu: line ends", i);
		is_int(text_endings(l.text), rows[i].endings, "row %zu: of "
		    "what kind", i);
		ok(str_eq(lines_slice(&l, 0, l.n), str_n(l.text.p + l.mark,
		    l.text.len - l.mark)), "row %zu: nothing is lost", i);
		ok(text_is_open(l.text) == rows[i].open,
		    "row %zu: open last line", i);
	}
}

/* Long lines and short ones, so that pieces begin everywhere. */
static void
test_finding_lines(struct arena *a)
{
	struct buf b = BUF_INIT(MIB(1));
	size_t bad = 0, line = 0, start = 0;
	struct lines l;
	struct str s;

	for (size_t i = 0; i < 3000; i++) {
		for (size_t j = (i * i) % 97; j; j--)
			buf_addc(&b, 'x');
		if (i % 500 == 0)
			for (size_t j = 0; j < 5000; j++)
				buf_addc(&b, 'y');
		buf_addc(&b, '\n');
	}
	s = buf_str(&b);
	lines_of(a, s, &l);
	for (size_t i = 0; i < s.len; i++) {
		bad += i % 7 == 0 && lines_at(&l, i) != line;
		if (s.p[i] != '\n')
			continue;
		bad += lines_start(&l, line) != start;
		start = i + 1;
		line++;
	}
	bad += lines_start(&l, line) != s.len || lines_at(&l, s.len) != line;
	is_int(line, l.n, "all lines are counted");
	is_int(bad, 0, "each is found, by number and by byte");
	buf_free(&b);
}

static void
test_block_fit(struct arena *a)
{
	static const struct {
		const char *name, *block;
		struct block_fit how;
		const char *want;
	} rows[] = {
		{ "a line end is added", "a", { .last = false }, "a\n" },
		{ "none is doubled", "a\n", { .last = false }, "a\n" },
		{ "the end of the file is taken as given", "a",
		    { .last = true }, "a" },
		{ "blank lines stay", "\n\na\n\n", { .last = false },
		    "\n\na\n\n" },
		{ "indentation stays", "\t  a", { .last = false }, "\t  a\n" },
		{ "nothing stays nothing", "", { .last = false }, "" },
		{ "LF becomes CRLF", "a\nb", { .crlf = true }, "a\r\nb\r\n" },
		{ "CRLF is not doubled", "a\r\nb\n", { .crlf = true },
		    "a\r\nb\r\n" },
		{ "keep keeps", "a\nb", { .crlf = true, .eol = EOL_KEEP },
		    "a\nb\n" },
		{ "one line kept takes the file's end", "a",
		    { .crlf = true, .eol = EOL_KEEP }, "a\r\n" },
		{ "a block in CRLF ends in CRLF", "a\r\nb", { 0 },
		    "a\r\nb\r\n" },
		{ "a lone CR is a byte", "a\rb", { .crlf = true },
		    "a\rb\r\n" },
		{ "room is left", "a", { .padding = 3 }, "a\n\n\n\n" },
		{ "room is left at the end of the file", "a",
		    { .padding = 2, .last = true }, "a\n\n\n" },
		{ "room in CRLF", "a\n", { .padding = 1, .crlf = true },
		    "a\r\n\r\n" },
		{ "room without a block", "", { .padding = 1 }, "\n" },
		{ "an open line before it is ended", "a",
		    { .open = true, .last = true }, "\na" },
		{ "in the file's way", "a\n", { .open = true, .crlf = true },
		    "\r\na\r\n" },
		{ "but not for nothing", "", { .open = true }, "" },
	};

	for (size_t i = 0; i < countof(rows); i++)
		is_str(block_fit(a, str(rows[i].block), &rows[i].how),
		    rows[i].want, "%s", rows[i].name);
}

static unsigned
next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16 & 0x7fff;
}

/* The same hunk done to plain bytes. */
static struct str
plain(struct arena *a, struct str text, const struct hunk *h)
{
	size_t end = h->from + h->gone.len;

	return arena_fmt(a, "%.*s%.*s%.*s", (int)h->from, text.p,
	    STR_ARG(h->come), (int)(text.len - end), text.p + end);
}

static size_t
doc_differs(struct arena *a, const struct doc *d, struct str model,
    unsigned *seed)
{
	size_t at = next_random(seed) % (model.len + 1);
	size_t line, bad = 0;
	struct lines l;

	lines_of(a, model, &l);
	line = next_random(seed) % (l.n + 1);
	bad += !str_eq(doc_bytes(d), model);
	bad += doc_lines(d) != l.n || d->ends != l.ends;
	bad += doc_line_start(d, line) != lines_start(&l, line);
	bad += doc_line_at(d, at) != lines_at(&l, at);
	bad += doc_line_begin(d, at) != lines_start(&l, lines_at(&l, at));
	bad += doc_line_end(d, at) != lines_start(&l, lines_at(&l, at) + 1);
	return bad;
}

static void
test_doc_hunks(struct arena *a)
{
	struct lines base;
	struct doc d;
	unsigned seed = 7;
	size_t bad = 0;
	struct str text = STR("");

	for (int i = 0; i < 40; i++)
		text = arena_fmt(a, "%.*sline %d%s", STR_ARG(text), i,
		    i % 3 ? "\n" : "\r\n");
	lines_of(a, text, &base);
	doc_load(&d, a, &base);
	for (int step = 0; step < 1000; step++) {
		size_t n = next_random(&seed) % 3 + 1, from = 0;
		struct script s = { 0 };

		for (size_t i = 0; i < n; i++) {
			struct hunk h = { .come = str_n("ab\nc\n\nd",
			    next_random(&seed) % 8) };

			h.from = from + next_random(&seed) % 60;
			h.gone.len = next_random(&seed) % 12;
			if (h.from + h.gone.len > text.len)
				break;
			h.gone.p = text.p + h.from;
			from = h.from + h.gone.len + 1;
			script_add(a, &s, &h);
		}
		doc_apply(&d, &s);
		for (size_t i = s.n; i-- > 0;)
			text = plain(a, text, &s.h[i]);
		bad += doc_differs(a, &d, text, &seed);
	}
	is_int(bad, 0, "1000 scripts agree with plain bytes");
}

static void
test_doc_mark(struct arena *a)
{
	struct lines l;
	struct doc d;

	lines_of(a, STR("\xef\xbb\xbfx\ny\n"), &l);
	doc_load(&d, a, &l);
	ok(doc_has_mark(&d) && doc_lines(&d) == 2, "the mark is no line");
	is_int(doc_line_start(&d, 0), 3, "nor part of one");
	doc_apply(&d, &(struct script){ &(struct hunk){ 3, STR("x\n"),
	    STR("new\n"), 0 }, 1, 1 });
	is_str(doc_bytes(&d), "\xef\xbb\xbfnew\ny\n", "it stays in front");
	is_int(doc_origin(&d, 3, false), 3, "a byte knows where it was");
	is_int(doc_origin(&d, 3, true), 5, "or where the next one was");
	is_int(doc_origin(&d, 7, true), 5, "also behind what was put in");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_lines(a);
	test_block_fit(a);
	test_finding_lines(a);
	test_doc_hunks(a);
	test_doc_mark(a);
	arena_free(a);
	return done_testing();
}
