#include "dialect/marker.h"

#include <stdlib.h>

#include "dialect/line_list.h"

/* One marker of the text. */
struct mark {
	struct str name;
	size_t at, line;	/* byte and line where it stands */
	bool end;
	struct mark *mate;	/* the other end of its region; NULL: none */
	struct mark *below;	/* the open begin before it, same name */
};

struct marks {
	struct arena *a;
	struct mark *m;
	size_t n, cap;
};

/* How a style is written.  A name has no byte of `open`, so that a text is
 * looked at once, whatever it holds. */
static const struct grammar {
	struct str open, begin, end, close;
	bool upper;		/* names are of [A-Z0-9_] */
} grammars[] = {
	[MARKER_FINAL_MILE] = { STR("###"), STR("FINAL_MILE_PROMPT__"),
	    STR("END_"), STR("###"), true },
	[MARKER_BEGIN_END] = { STR("<<<"), STR("BEGIN:"), STR("END:"),
	    STR(">>>"), false },
};

static bool
name_byte(const struct grammar *g, char c)
{
	if (g->upper)
		return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '_';
	return c != '<' && c != '>' && c != '\n' && c != '\r';
}

static struct str
behind(struct str s, size_t n)
{
	return str_n(s.p + n, s.len - n);
}

/* The marker that s starts with: its bytes, 0 if it is none. */
static size_t
mark_read(const struct grammar *g, struct str s, struct mark *m)
{
	struct str rest;
	size_t n = 0;

	if (!str_starts(s, g->open))
		return 0;
	rest = behind(s, g->open.len);
	m->end = str_starts(rest, g->end);
	if (!m->end && !str_starts(rest, g->begin))
		return 0;
	rest = behind(rest, m->end ? g->end.len : g->begin.len);
	while (n < rest.len && name_byte(g, rest.p[n]))
		n++;
	m->name = str_n(rest.p, n);
	rest = behind(rest, n);
	if (!n || !str_starts(rest, g->close))
		return 0;
	return s.len - rest.len + g->close.len;
}

static void
marks_add(struct marks *list, const struct mark *m)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 16;
		struct mark *more = arena_array_of(list->a, struct mark, cap);

		if (list->n)
			memcpy(more, list->m, list->n * sizeof(*more));
		list->m = more;
		list->cap = cap;
	}
	list->m[list->n++] = *m;
}

/* Line ends within text from `from` to before `to`. */
static size_t
line_ends(struct str text, size_t from, size_t to)
{
	const char *end = text.p + to;
	size_t n = 0;

	for (const char *p = text.p + from; p < end; p++, n++)
		if (!(p = memchr(p, '\n', (size_t)(end - p))))
			break;
	return n;
}

static size_t
find_from(struct str text, size_t from, struct str needle)
{
	return from + str_find(behind(text, from), needle);
}

/* All markers of a style in the order of the text. */
static void
marks_scan(const struct grammar *g, struct str text, struct marks *list)
{
	size_t line = 0, counted = 0, at = 0;

	while (at < text.len) {
		const char *p = memchr(text.p + at, g->open.p[0],
		    text.len - at);
		struct mark m = { .at = p ? (size_t)(p - text.p) : text.len };
		size_t len = p ? mark_read(g, behind(text, m.at), &m) : 0;

		if (len) {
			line += line_ends(text, counted, m.at);
			counted = m.at;
			m.line = line;
			marks_add(list, &m);
		}
		at = m.at + (len ? len : 1);
	}
}

static int
by_name(const void *x, const void *y)
{
	const struct mark *a = *(struct mark *const *)x;
	const struct mark *b = *(struct mark *const *)y;
	int c = str_cmp(a->name, b->name);

	return c ? c : (a->at > b->at) - (a->at < b->at);
}

/* Give each end the nearest open begin of its name. */
static void
marks_pair(struct marks *list)
{
	struct mark **sorted = arena_array_of(list->a, struct mark *, list->n);
	struct mark *open = NULL;

	for (size_t i = 0; i < list->n; i++)
		sorted[i] = &list->m[i];
	qsort(sorted, list->n, sizeof(struct mark *), by_name);
	for (size_t i = 0; i < list->n; i++) {
		struct mark *m = sorted[i];

		if (i && !str_eq(m->name, sorted[i - 1]->name))
			open = NULL;
		if (!m->end) {
			m->below = open;
			open = m;
		} else if (open) {
			m->mate = open;
			open->mate = m;
			open = open->below;
		}
	}
}

/* An end of the name `end` closes a begin of the name `begin`, and no other
 * end does. */
static void
marks_couple(struct marks *list, struct str begin, struct str end)
{
	for (size_t i = 0; i < list->n; i++) {
		struct mark *m = &list->m[i];

		if (m->end && str_eq(m->name, end))
			m->name = begin;
		else if (m->end && str_eq(m->name, begin))
			m->name = STR("");
	}
}

void
marker_find(struct arena *a, struct str text, enum marker_style style,
    struct str name, struct marker_hit **out, size_t *n)
{
	marker_find_pair(a, text, style, name, name, out, n);
}

void
marker_find_pair(struct arena *a, struct str text, enum marker_style style,
    struct str name, struct str end, struct marker_hit **out, size_t *n)
{
	struct marks list = { .a = a };
	size_t depth = 0;

	*out = NULL;
	*n = 0;
	marks_scan(&grammars[style], text, &list);
	if (!list.n)
		return;
	if (!str_eq(name, end))
		marks_couple(&list, name, end);
	marks_pair(&list);
	*out = arena_array_of(a, struct marker_hit, list.n);
	for (size_t i = 0; i < list.n; i++) {
		const struct mark *m = &list.m[i];

		if (m->end) {
			depth -= m->mate != NULL;
			continue;
		}
		if (!name.p || str_eq(m->name, name))
			(*out)[(*n)++] = (struct marker_hit){
				.name = m->name,
				.first = m->line,
				.last = m->mate ? m->mate->line : m->line,
				.closed = m->mate != NULL,
				.depth = depth,
			};
		depth += m->mate != NULL;
	}
}

void
anchor_find(struct arena *a, struct str text, struct str anchor,
    size_t **lines, size_t *n)
{
	struct line_list list = { 0 };
	size_t line = 0, counted = 0;
	size_t at = str_find(text, anchor);

	*lines = NULL;
	*n = 0;
	/* One with a line end inside of it is in no line. */
	if (!anchor.len || memchr(anchor.p, '\n', anchor.len - 1))
		return;
	while (at < text.len) {
		const char *end = memchr(text.p + at, '\n', text.len - at);
		size_t next = end ? (size_t)(end - text.p) + 1 : text.len;

		line += line_ends(text, counted, at);
		counted = at;
		line_list_add(a, &list, line);
		at = find_from(text, next, anchor);
	}
	*lines = list.line;
	*n = list.n;
}
