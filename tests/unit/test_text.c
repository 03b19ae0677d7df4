#include "edit/doc.h"
#include "tap.h"

static void
test_lines(struct arena *a)
{
	static const struct {
		const char *text;
		size_t n, lf, crlf;
		bool open;
	} rows[] = {
		{ "", 0, 0, 0, false },
		{ "\n", 1, 1, 0, false },
		{ "a", 1, 0, 0, true },
		{ "a\n", 1, 1, 0, false },
		{ "a\nb", 2, 1, 0, true },
		{ "a\n\n\nb\n", 4, 4, 0, false },
		{ "a\r\nb\r\n", 2, 0, 2, false },
		{ "a\r\nb\nc", 3, 1, 1, true },
		{ "\r\n", 1, 0, 1, false },
		{ "a\rb\n", 1, 1, 0, false },
		{ "\xff\xfe\n\x80", 2, 1, 0, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct lines l;
		struct endings ends;
		struct str all;

		lines_of(a, str(rows[i].text), &l);
		is_int(l.n, rows[i].n, "row %zu: lines", i);
		ends = lines_endings(&l, 0, l.n);
		is_int(ends.lf, rows[i].lf, "row %zu: LF", i);
		is_int(ends.crlf, rows[i].crlf, "row %zu: CRLF", i);
		all = lines_slice(&l, 0, l.n);
		is_str(all, rows[i].text, "row %zu: nothing is lost", i);
		ok(!l.n || line_is_open(lines_slice(&l, l.n - 1, 1)) ==
		    rows[i].open, "row %zu: open last line", i);
	}
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

/* The same splices done to an array of lines. */
static size_t
plain_splice(struct str *model, size_t n, const struct splice *s)
{
	memmove(model + s->first + s->added->n, model + s->first + s->removed,
	    (n - s->first - s->removed) * sizeof(*model));
	for (size_t i = 0; i < s->added->n; i++)
		model[s->first + i] = lines_slice(s->added, i, 1);
	return n - s->removed + s->added->n;
}

static void
test_doc_splice(struct arena *a)
{
	static struct str model[20000];
	struct lines base;
	struct doc d;
	unsigned seed = 7;
	size_t n = 100, bad = 0;
	struct str text = arena_str(a, STR(""));

	for (int i = 0; i < 100; i++)
		text = arena_fmt(a, "%.*sline %d%s", STR_ARG(text), i,
		    i % 3 ? "\n" : "\r\n");
	doc_load(&d, a, text, &base);
	for (size_t i = 0; i < n; i++)
		model[i] = lines_slice(&base, i, 1);
	for (int step = 0; step < 2000; step++) {
		struct lines *add = arena_new_of(a, struct lines);
		struct splice s = { .added = add };
		struct str all;

		lines_of(a, arena_fmt(a, "%.*s", (int)(next_random(&seed) % 4
		    * 2), "a\nb\nc\n"), add);
		s.first = next_random(&seed) % (n + 1);
		s.removed = next_random(&seed) % 5;
		if (s.removed > n - s.first)
			s.removed = n - s.first;
		doc_splice(&d, &s);
		n = plain_splice(model, n, &s);
		bad += d.n_lines != n;
		if (n)
			bad += !str_eq(doc_line(&d, n / 2), model[n / 2]);
		all = doc_bytes(&d);
		bad += all.len != d.bytes;
		for (size_t i = 0, at = 0; i < n; at += model[i++].len)
			bad += memcmp(all.p + at, model[i].p, model[i].len) != 0;
	}
	is_int(bad, 0, "2000 splices agree with an array of lines");
}

static void
test_doc_bom(struct arena *a)
{
	struct lines l, add;
	struct doc d;

	doc_load(&d, a, STR("\xef\xbb\xbfx\ny\n"), &l);
	ok(d.bom && d.n_lines == 2, "the mark is no line");
	is_str(doc_line(&d, 0), "x\n", "nor part of one");
	lines_of(a, STR("new\n"), &add);
	doc_splice(&d, &(struct splice){ 0, 1, &add });
	is_str(doc_bytes(&d), "\xef\xbb\xbfnew\ny\n", "it stays in front");
	ok(!doc_is_crlf(&d), "LF is not CRLF");
	doc_load(&d, a, STR("a\r\nb\r\nc"), &l);
	ok(doc_is_crlf(&d), "an open last line does not count");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_lines(a);
	test_block_fit(a);
	test_doc_splice(a);
	test_doc_bom(a);
	arena_free(a);
	return done_testing();
}
