#include "policy/guard.h"

#include <strings.h>

#include "base/hash.h"
#include "base/limits.h"

/* Where we are in the text. */
struct scan {
	struct str text;
	struct guard *g;
	size_t n;
	size_t *open;		/* indices of those that are, innermost last */
	size_t n_open;
	size_t *inside_from;	/* per guard: where the line after it begins */
	size_t line, line_from, line_to;
};

static bool
in_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
}

static bool
in_word(char c)
{
	return in_name(c) && c != '-' && c != '.';
}

/* A word stands at i, and is not the end of a longer one ("--" may well be the
 * comment that it stands in). */
static bool
word_at(struct str line, size_t i, struct str word)
{
	return str_starts(str_n(line.p + i, line.len - i), word) &&
	    (i == 0 || !in_word(line.p[i - 1]));
}

static struct str
name_at(struct str line, size_t i)
{
	size_t n = 0;

	while (i + n < line.len && in_name(line.p[i + n]))
		n++;
	/* nor the end of a sentence, nor of a comment in XML */
	while (n && !in_word(line.p[i + n - 1]))
		n--;
	return str_n(line.p + i, n);
}

static void
begin(struct scan *s, bool hashed, struct str hash, struct str name)
{
	if (s->n == GUARDS_MAX) {
		s->n++;
		return;
	}
	if (s->n > GUARDS_MAX)
		return;
	s->g[s->n] = (struct guard){ .hashed = hashed, .hash = hash,
	    .name = name, .first = s->line,
	    .text = str_n(s->text.p + s->line_from, 0) };
	s->inside_from[s->n] = s->line_to;
	s->open[s->n_open++] = s->n++;
}

/* Up to the current line; what is inside ends where that line begins. */
static void
close_at(struct scan *s, size_t i, bool closed, size_t last, size_t inside_to)
{
	struct guard *g = &s->g[i];
	size_t from = s->inside_from[i];

	g->closed = closed;
	g->last = last;
	g->text.len = (size_t)(s->text.p + s->line_to - g->text.p);
	/* a line end behind the last guard comes and goes with what follows */
	while (g->text.len && (str_ends(g->text, STR("\n")) ||
	    str_ends(g->text, STR("\r"))))
		g->text.len--;
	g->inside = str_n(s->text.p + from,
	    inside_to > from ? inside_to - from : 0);
}

static void
end(struct scan *s, bool hashed, struct str name)
{
	for (size_t o = s->n_open; o-- > 0;) {
		size_t i = s->open[o];

		if (s->g[i].hashed != hashed ||
		    !(str_eq(s->g[i].name, name) ||
		    (!hashed && name.len == 0)))
			continue;
		close_at(s, i, true, s->line, s->line_from);
		memmove(s->open + o, s->open + o + 1,
		    (--s->n_open - o) * sizeof(*s->open));
		return;
	}
}

/* "@hash:<hex> START:name" at i; where it ends, or i when it is none. */
static size_t
hashed_begin(struct scan *s, struct str line, size_t i)
{
	size_t hex = i + STR("@hash:").len, at = hex;
	struct str digits;

	if (!str_starts(str_n(line.p + i, line.len - i), STR("@hash:")))
		return i;
	while (at < line.len && hex_digit(line.p[at]) >= 0)
		at++;
	digits = str_n(line.p + hex, at - hex);
	while (at < line.len && (line.p[at] == ' ' || line.p[at] == '\t'))
		at++;
	if (digits.len == 0 || at == hex + digits.len ||
	    !word_at(line, at, STR("START:")))
		return i;
	at += STR("START:").len;
	if (name_at(line, at).len == 0)
		return i;
	begin(s, true, digits, name_at(line, at));
	return at;
}

/* "PROTECTED-…" with or without ":name" at i; where it ends, or i. */
static size_t
protected_word(struct scan *s, struct str line, size_t i)
{
	static const struct { struct str word; bool begins; } rows[] = {
		{ { "PROTECTED-BEGIN", 15 }, true },
		{ { "PROTECTED-END", 13 }, false },
	};

	for (size_t r = 0; r < countof(rows); r++) {
		size_t at = i + rows[r].word.len;
		struct str name = STR("");

		if (!word_at(line, i, rows[r].word) ||
		    (at < line.len && in_word(line.p[at])))
			continue;
		if (at < line.len && line.p[at] == ':')
			name = name_at(line, at + 1);
		if (rows[r].begins)
			begin(s, false, STR_NONE, name);
		else
			end(s, false, name);
		return at;
	}
	return i;
}

static void
scan_line(struct scan *s, struct str line)
{
	for (size_t i = 0; i < line.len;) {
		size_t at = i;

		if (line.p[i] == '@') {
			at = hashed_begin(s, line, i);
		} else if (line.p[i] == 'P') {
			at = protected_word(s, line, i);
		} else if (line.p[i] == 'E' && word_at(line, i, STR("END:")) &&
		    name_at(line, i + 4).len) {
			at = i + 4;
			end(s, true, name_at(line, at));
		}
		i = at > i ? at : i + 1;
	}
}

bool
guards_find(struct arena *a, struct str text, struct guard **out, size_t *n)
{
	struct scan s = { .text = text };
	size_t lines;

	*out = NULL;
	*n = 0;
	if (str_find(text, STR("@hash:")) == text.len &&
	    str_find(text, STR("PROTECTED-BEGIN")) == text.len)
		return true;
	s.g = arena_array_of(a, struct guard, GUARDS_MAX);
	s.open = arena_array_of(a, size_t, GUARDS_MAX);
	s.inside_from = arena_array_of(a, size_t, GUARDS_MAX);
	for (; s.line_from < text.len; s.line++, s.line_from = s.line_to) {
		const char *lf = memchr(text.p + s.line_from, '\n',
		    text.len - s.line_from);

		s.line_to = lf ? (size_t)(lf - text.p) + 1 : text.len;
		scan_line(&s, str_n(text.p + s.line_from,
		    s.line_to - s.line_from));
	}
	lines = s.line;
	for (size_t o = 0; o < s.n_open; o++)
		close_at(&s, s.open[o], false, lines - 1, text.len);
	*out = s.g;
	*n = s.n > GUARDS_MAX ? GUARDS_MAX : s.n;
	return s.n <= GUARDS_MAX;
}

bool
guard_fits(struct arena *a, const struct guard *g)
{
	struct str have;

	if (!g->hashed)
		return true;
	have = sha256_hex(a, sha256_of(g->inside));
	return g->closed && g->hash.len >= GUARD_HASH_MIN &&
	    g->hash.len <= have.len &&
	    strncasecmp(g->hash.p, have.p, g->hash.len) == 0;
}
