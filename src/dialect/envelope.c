/* The envelope as models write it.  A line of nothing at all inside a hunk is
 * an empty context line; in front of a marker or "@@" it only sets things
 * apart. */
#include "dialect/cursor.h"
#include "dialect/patchset_build.h"
#include "dialect/unified_hunk.h"

struct reader {
	struct arena *a;
	struct cursor c;
	struct str last;	/* the last line with text */
	struct patchset *out;
	struct err *e;
};

static int
bad(struct reader *r, size_t at, const char *why)
{
	return err_set(r->e, ERR_BAD_PATCH, "line %zu of the patch: %s", at,
	    why);
}

static void
skip_blank(struct cursor *c)
{
	while (c->line.p && line_is_blank(c->line))
		cursor_step(c);
}

/* What stands behind the marker, blanks around it ignored; STR_NONE when the
 * line is another one. */
static struct str
behind(struct str line, const char *marker)
{
	struct str s = str_trim(line_body(line));

	if (!str_starts(s, str(marker)))
		return STR_NONE;
	return str_trim(str_n(s.p + strlen(marker), s.len - strlen(marker)));
}

static bool
is_marker(struct str line, const char *marker)
{
	struct str s = behind(line, marker);

	return s.p && !s.len;
}

/* The last line may be padded; another one with blanks in front may be a line
 * of a file. */
static bool
is_end(const struct reader *r, struct str line)
{
	return line.p && is_marker(line, "*** End Patch") &&
	    (line.p[0] == '*' || line.p == r->last.p);
}

/* The last line with text, without what follows it. */
static struct str
last_line(struct str text)
{
	const char *lf;

	while (text.len && memchr(" \t\r\n", text.p[text.len - 1], 4))
		text.len--;
	lf = text.len ? memrchr(text.p, '\n', text.len) : NULL;
	return lf ? str_n(lf + 1, text.len - (size_t)(lf + 1 - text.p)) : text;
}

/* The word of "<<'EOF'", also behind "apply_patch"; STR_NONE for none. */
static struct str
heredoc_word(struct str line)
{
	struct str s = behind(line, "apply_patch");
	char quote;

	s = behind(s.p ? s : line, "<<");
	if (!s.len)
		return STR_NONE;
	quote = s.p[0];
	if (quote != '\'' && quote != '"')
		return s;
	if (s.len < 3 || s.p[s.len - 1] != quote)
		return STR_NONE;
	return str_n(s.p + 1, s.len - 2);
}

/* The text ends before the word that ends the heredoc. */
static int
open_heredoc(struct reader *r, struct str text, struct str word)
{
	size_t at = r->c.at;

	if (!str_eq(str_trim(r->last), word))
		return err_set(r->e, ERR_BAD_PATCH, "line %zu of the patch: "
		    "the heredoc that begins here has no %.*s as its last "
		    "line", at, STR_ARG(word));
	text.len = (size_t)(r->last.p - text.p);
	r->c.end = r->last.p;
	r->last = last_line(text);
	cursor_step(&r->c);
	skip_blank(&r->c);
	return 0;
}

static int
open_envelope(struct reader *r, struct str text)
{
	struct str word = STR_NONE;

	skip_blank(&r->c);
	if (r->c.line.p) {
		r->last = last_line(text);
		word = heredoc_word(r->c.line);
	}
	if (word.p && open_heredoc(r, text, word) != 0)
		return -1;
	if (!r->c.line.p || !is_marker(r->c.line, "*** Begin Patch"))
		return bad(r, r->c.at, "*** Begin Patch has to be the first "
		    "line");
	cursor_step(&r->c);
	return 0;
}

static int
take_path(struct reader *r, struct str path, struct str *out)
{
	if (!path.len || str_has(path, '\0'))
		return bad(r, r->c.at, "the name of the file is missing");
	*out = path;
	cursor_step(&r->c);
	return 0;
}

/* ' ', '-' or '+'; 0 for a line that is none of a hunk. */
static char
sign_of(struct str line)
{
	if (line_body(line).len == 0)
		return ' ';
	return memchr(" +-", line.p[0], 3) ? line.p[0] : 0;
}

static void
fill(struct patch_hunk *h, struct cursor c)
{
	for (size_t i = 0; i < h->n; i++, cursor_step(&c)) {
		bool bare = line_body(c.line).len == 0;

		h->lines[i].sign = sign_of(c.line);
		h->lines[i].text = bare ? c.line :
		    str_n(c.line.p + 1, c.line.len - 1);
	}
}

static int
read_lines(struct reader *r, struct patch_hunk *h)
{
	struct cursor first = r->c;
	size_t n = 0;

	for (; r->c.line.p && r->c.line.p[0] != '*' &&
	    !line_starts(r->c.line, "@@") && !is_end(r, r->c.line);
	    cursor_step(&r->c)) {
		if (!sign_of(r->c.line))
			return bad(r, r->c.at, "a line of a hunk begins with "
			    "a blank, '-' or '+'");
		n++;
		if (line_body(r->c.line).len)
			h->n = n;
	}
	if (r->c.line.p && is_marker(r->c.line, "*** End of File")) {
		h->at_end = true;
		h->n = n;
		cursor_step(&r->c);
	}
	if (!h->n)
		return bad(r, h->at, "the hunk that begins here has no lines");
	h->lines = arena_array_of(r->a, struct patch_line, h->n);
	fill(h, first);
	return 0;
}

/* Is it "@@ text"?  The text is a line of the file above the hunk. */
static int
heading_of(struct reader *r, struct cursor *c, struct str *text)
{
	struct hunk_range numbers;
	struct str s = line_body(c->line);

	*text = STR_NONE;
	if (hunk_range_read(s, &numbers))
		return bad(r, c->at, "behind @@ stands a line of the file, "
		    "not its number");
	s = str_n(s.p + 2, s.len - 2);
	if (!str_trim(s).len)
		return 0;
	if (s.p[0] != ' ')
		return bad(r, c->at, "a blank has to follow @@");
	*text = str_n(s.p + 1, s.len - 1);
	return 0;
}

static int
read_headings(struct reader *r, struct patch_hunk *h)
{
	struct cursor c = r->c;
	struct str text;
	size_t n = 0;

	while (line_starts(c.line, "@@")) {
		cursor_step(&c);
		n++;
	}
	if (n)
		h->headings = arena_array_of(r->a, struct str, n);
	for (; n; n--) {
		if (heading_of(r, &r->c, &text) != 0)
			return -1;
		if (text.p)
			h->headings[h->n_headings++] = text;
		cursor_step(&r->c);
	}
	return 0;
}

static int
read_update(struct reader *r, struct patch_section *s)
{
	struct str to;

	skip_blank(&r->c);
	/* Behind a blank it would be a line of the file. */
	to = line_starts(r->c.line, "*") ?
	    behind(r->c.line, "*** Move to:") : STR_NONE;
	if (to.p && take_path(r, to, &s->to) != 0)
		return -1;
	for (;;) {
		struct patch_hunk *h;

		skip_blank(&r->c);
		if (!r->c.line.p || r->c.line.p[0] == '*' ||
		    is_end(r, r->c.line))
			break;
		if (s->n && !line_starts(r->c.line, "@@"))
			return bad(r, r->c.at, "a further hunk begins with "
			    "@@");
		h = patchset_add_hunk(r->a, s);
		h->at = r->c.at;
		if (read_headings(r, h) != 0 || read_lines(r, h) != 0)
			return -1;
	}
	if (!s->n && !s->to.p)
		return bad(r, s->at, "no hunk follows; write lines with a "
		    "blank, '-' or '+' in front");
	return 0;
}

static int
read_add(struct reader *r, struct patch_section *s)
{
	struct cursor first = r->c;
	struct patch_hunk *h;
	size_t n = 0;

	while (line_starts(r->c.line, "+")) {
		cursor_step(&r->c);
		n++;
	}
	if (!n)
		return 0;
	h = patchset_add_hunk(r->a, s);
	h->at = first.at;
	h->n = n;
	h->lines = arena_array_of(r->a, struct patch_line, n);
	fill(h, first);
	return 0;
}

static const struct {
	const char *marker;
	enum section_kind kind;
} sections[] = {
	{ "*** Add File:", SECTION_CREATE },
	{ "*** Delete File:", SECTION_DELETE },
	{ "*** Update File:", SECTION_CHANGE },
};

static int
read_section(struct reader *r)
{
	struct patch_section *s;
	struct str path = STR_NONE;
	size_t i;

	for (i = 0; i < countof(sections); i++) {
		path = behind(r->c.line, sections[i].marker);
		if (path.p)
			break;
	}
	if (!path.p)
		return bad(r, r->c.at, "here stands *** Add File:, *** Delete "
		    "File:, *** Update File: or *** End Patch, and nothing "
		    "else");
	s = patchset_add(r->a, r->out);
	s->kind = sections[i].kind;
	s->at = r->c.at;
	if (take_path(r, path, &s->path) != 0)
		return -1;
	if (s->kind == SECTION_CREATE)
		return read_add(r, s);
	return s->kind == SECTION_CHANGE ? read_update(r, s) : 0;
}

int
envelope_read(struct arena *a, struct str text, struct patchset *out,
    struct err *e)
{
	struct reader r = { .a = a, .c = cursor_begin(text), .out = out,
	    .e = e };

	*out = (struct patchset){ 0 };
	if (open_envelope(&r, text) != 0)
		return -1;
	for (skip_blank(&r.c); !is_end(&r, r.c.line); skip_blank(&r.c)) {
		if (!r.c.line.p)
			return bad(&r, r.c.at, "*** End Patch is missing");
		if (read_section(&r) != 0)
			return -1;
	}
	cursor_step(&r.c);
	skip_blank(&r.c);
	if (r.c.line.p)
		return bad(&r, r.c.at, "nothing may follow *** End Patch");
	if (!out->n)
		return bad(&r, 1, "there is no file in it");
	return patchset_names_once(a, out, e);
}
