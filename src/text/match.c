#include "text/match.h"

const char *const match_names[] = { NULL, "exact", "trailing_space" };

static void
add(struct arena *a, struct matches *list, struct match m)
{
	/* doubled at 1, 2, 4 … */
	if ((list->n & (list->n - 1)) == 0) {
		struct match *more = arena_array_of(a, struct match,
		    list->n * 2 + 1);

		if (list->n)
			memcpy(more, list->m, list->n * sizeof(*more));
		list->m = more;
	}
	list->m[list->n++] = m;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
place_fits(struct str text, struct match m, enum match_place place)
{
	if (place == MATCH_ANYWHERE)
		return true;
	if (m.from && text.p[m.from - 1] != '\n' &&
	    !(m.from == text_bom.len && str_starts(text, text_bom)))
		return false;
	if (place == MATCH_LAST_LINES)
		return m.to == text.len;
	return m.to == text.len || text.p[m.to - 1] == '\n';
}

/* A text without the blanks at the ends of its lines, and where its bytes were:
 * a byte of it stood `shift` further, from the place `at` on. */
struct squeezed {
	struct str s;
	struct shift {
		size_t at, shift;
	} *shifts;
	size_t n;
};

static void
squeeze(struct arena *a, struct str s, bool last_too, struct squeezed *out)
{
	char *p = arena_bytes(a, s.len + 2);
	size_t n = 0, at = 0, lines = text_count_ends(s) + 1;

	*out = (struct squeezed){ .shifts = arena_array_of(a, struct shift,
	    lines + 1), .n = 1 };
	while (at < s.len) {
		size_t end = at + text_find_end(str_n(s.p + at, s.len - at), 0);
		size_t stop = end;

		while ((end < s.len || last_too) && stop > at &&
		    is_blank(s.p[stop - 1]))
			stop--;
		memcpy(p + n, s.p + at, stop - at);
		n += stop - at;
		if (stop < end) {
			out->shifts[out->n] = (struct shift){ n,
			    out->shifts[out->n - 1].shift + end - stop };
			out->n++;
		}
		at = end;
		if (end < s.len) {
			p[n++] = '\n';
			at++;
		}
	}
	out->s = str_n(p, n);
}

/* Where a byte was; blanks that were dropped there belong to what is before. */
static size_t
unsqueeze(const struct squeezed *q, size_t byte, bool behind)
{
	size_t lo = 0, hi = q->n;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (q->shifts[mid].at < byte ||
		    (behind && q->shifts[mid].at == byte))
			lo = mid;
		else
			hi = mid;
	}
	return byte + q->shifts[lo].shift;
}

/* Bytes of the squeezed text as bytes of the text. */
static struct match
unsqueezed(const struct squeezed *q, struct str text, struct match m,
    bool ends_line)
{
	bool line = m.from == 0 || q->s.p[m.from - 1] == '\n';
	/* blanks dropped from a blank line that the match begins with are a
	 * part of it; so are those of the line that it ends within */
	struct match real = { unsqueeze(q, m.from, !line),
	    unsqueeze(q, m.to, !ends_line) };

	if (real.to > text.len)
		real.to = text.len;
	return real;
}

/* What is looked for, where: `in` is the text or, with q, that squeezed. */
struct search {
	struct str text, in, needle;
	enum match_place place;
	const struct squeezed *q;
};

/* The first match from byte *at on that ends before `end`: in bytes of `in`,
 * and as it is in the text. */
static bool
next(const struct search *s, size_t at, size_t end, struct match *m,
    struct match *real)
{
	bool ends_line = s->needle.p[s->needle.len - 1] == '\n';

	while (at <= end && s->needle.len <= end - at) {
		struct str rest = str_n(s->in.p + at, end - at);
		size_t hit = str_find(rest, s->needle);

		if (hit == rest.len)
			return false;
		*m = (struct match){ at + hit, at + hit + s->needle.len };
		*real = s->q ? unsqueezed(s->q, s->text, *m, ends_line) : *m;
		if (place_fits(s->text, *real, s->place))
			return true;
		/* whole lines begin behind the next line end */
		rest = str_n(s->in.p + m->from, end - m->from);
		at = m->from + text_find_end(rest, 0) + 1;
	}
	return false;
}

static void
scan(struct arena *a, const struct search *s, struct matches *out)
{
	size_t at = 0, end = s->in.len, first = 0;
	struct match m, real;

	/* at the end there is one place alone */
	if (s->place == MATCH_LAST_LINES && s->needle.len <= end)
		at = end - s->needle.len;
	while (next(s, at, end, &m, &real)) {
		add(a, out, real);
		first = out->n == 1 ? m.from : first;
		at = m.to;
	}
	if (out->n != 1)
		return;
	if (end - first > 2 * s->needle.len - 1)
		end = first + 2 * s->needle.len - 1;
	out->twice = next(s, first + 1, end, &m, &real);
}

void
match_find(struct arena *a, struct str text, struct str needle,
    enum match_place place, struct matches *out)
{
	struct squeezed q, n;
	struct arena *turn;

	*out = (struct matches){ .kind = MATCH_EXACT };
	scan(a, &(struct search){ text, text, needle, place, NULL }, out);
	if (out->n)
		return;
	turn = arena_new();
	squeeze(turn, text, true, &q);
	squeeze(turn, needle, true, &n);
	/* lines with an end also match the last one that has none */
	if (place != MATCH_ANYWHERE && text_is_open(text))
		((char *)(uintptr_t)q.s.p)[q.s.len++] = '\n';
	out->kind = MATCH_TRAILING_SPACE;
	if (n.s.len)
		scan(a, &(struct search){ text, q.s, n.s, place, &q }, out);
	if (!out->n)
		out->kind = MATCH_NONE;
	arena_free(turn);
}
