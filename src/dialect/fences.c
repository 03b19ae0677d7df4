#include "dialect/fences.h"

#include "dialect/cursor.h"

enum mark { MARK_NONE, MARK_SEARCH, MARK_MIDDLE, MARK_REPLACE };

static bool
only_space(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!memchr(" \t\r\n\v\f", s.p[i], 6))
			return false;
	return true;
}

static enum mark
mark_of(struct str line)
{
	char c = line.len ? line.p[0] : 0;
	enum mark mark;
	size_t n = 0;

	while (n < line.len && line.p[n] == c)
		n++;
	if (n < 5 || n > 9)
		return MARK_NONE;
	line = str_n(line.p + n, line.len - n);
	if (c == '<' && str_starts(line, STR(" SEARCH"))) {
		line = str_n(line.p + 7, line.len - 7);
		if (str_starts(line, STR(">")))
			line = str_n(line.p + 1, line.len - 1);
		mark = MARK_SEARCH;
	} else if (c == '>' && str_starts(line, STR(" REPLACE"))) {
		line = str_n(line.p + 8, line.len - 8);
		mark = MARK_REPLACE;
	} else {
		mark = c == '=' ? MARK_MIDDLE : MARK_NONE;
	}
	return only_space(line) ? mark : MARK_NONE;
}

static bool
is_code_fence(struct str line)
{
	line = str_trim(line);
	return str_starts(line, STR("```")) || str_starts(line, STR("~~~"));
}

static struct str
peel(struct str s, const char *front, const char *back)
{
	if (*front && str_starts(s, str(front)))
		s = str_n(s.p + strlen(front), s.len - strlen(front));
	if (*back && str_ends(s, str(back)))
		s.len -= strlen(back);
	return str_trim(s);
}

/* The name alone on a line, without what Markdown puts around: "### `a.c`:" */
static struct str
name_on(struct str line)
{
	struct str s = str_trim(line_body(line));
	size_t level = 0;

	if (is_code_fence(s) || mark_of(line) != MARK_NONE)
		return STR_NONE;
	while (level < s.len && s.p[level] == '#')
		level++;
	if (level && level < s.len && s.p[level] == ' ')
		s = str_trim(str_n(s.p + level, s.len - level));
	s = peel(s, "", ":");
	if (str_starts(s, STR("**")) && str_ends(s, STR("**")))
		s = peel(peel(s, "**", "**"), "", ":");
	if (s.len > 1 && str_starts(s, STR("`")) && str_ends(s, STR("`")))
		s = peel(s, "`", "`");
	return s.len ? s : STR_NONE;
}

static int
bad(struct err *e, size_t at, const char *why)
{
	return err_set(e, ERR_BAD_PATCH, "line %zu of the blocks: %s", at, why);
}

/* c is behind the SEARCH line; it is left behind the REPLACE line. */
static int
read_block(struct cursor *c, struct fence *f, struct err *e)
{
	struct str *part = &f->search;

	f->search = f->replace = STR("");
	for (; c->line.p; cursor_step(c)) {
		enum mark mark = mark_of(c->line);

		if (mark == MARK_SEARCH)
			return err_set(e, ERR_BAD_PATCH, "line %zu of the "
			    "blocks: a block begins inside of the one of line "
			    "%zu, which has no end yet", c->at, f->at);
		if (mark == MARK_REPLACE && part == &f->search)
			return bad(e, c->at, "a line of '=' is missing above "
			    "REPLACE");
		if (mark == MARK_REPLACE) {
			cursor_step(c);
			return 0;
		}
		if (mark == MARK_MIDDLE && part == &f->replace)
			return bad(e, c->at, "a second line of '=', so that "
			    "nobody knows where the search part ends; send "
			    "search and replace as members");
		if (mark == MARK_MIDDLE) {
			part = &f->replace;
			continue;
		}
		if (!part->len)
			part->p = c->line.p;
		part->len += c->line.len;
	}
	return bad(e, f->at, part == &f->search ?
	    "the block that begins here has no line of '='" :
	    "the block that begins here has no REPLACE line");
}

static struct fence *
add(struct arena *a, struct fence **list, size_t *n)
{
	struct fence *more;

	if (!(*n & (*n - 1))) {
		more = arena_array_of(a, struct fence, *n ? 2 * *n : 1);
		if (*n)
			memcpy(more, *list, *n * sizeof(*more));
		*list = more;
	}
	return &(*list)[(*n)++];
}

int
fences_read(struct arena *a, struct str text, struct fence **out, size_t *n,
    struct err *e)
{
	struct cursor c = cursor_begin(text);
	struct str path = STR_NONE, name = STR_NONE;

	*out = NULL;
	*n = 0;
	while (c.line.p) {
		enum mark mark = mark_of(c.line);
		struct fence *f;

		if (mark == MARK_REPLACE)
			return bad(e, c.at, "REPLACE without a SEARCH above "
			    "it");
		if (mark != MARK_SEARCH) {
			/* A name may stand above the code fence, too. */
			if (!is_code_fence(c.line) || !name.p)
				name = name_on(c.line);
			cursor_step(&c);
			continue;
		}
		f = add(a, out, n);
		f->at = c.at;
		path = name.p ? name : path;
		f->path = path;
		name = STR_NONE;
		cursor_step(&c);
		if (read_block(&c, f, e) != 0)
			return -1;
	}
	if (!*n)
		return bad(e, 1, "there is no SEARCH/REPLACE block");
	return 0;
}
