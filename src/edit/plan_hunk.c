/* Where the hunks of a patch belong: they must stand where they say, or in
 * exactly one place. */
#include "edit/plan_hunk.h"

static int
at_hunk(const struct section *s, const struct patch_hunk *h, struct err *e)
{
	return plan_at_line(s->p, s->k, "patch", h->at, e);
}

/* The lines of one side as a text. */
static struct str
side(struct planner *p, const struct patch_hunk *h, char other, bool *open)
{
	size_t n = 0;
	char *s;

	*open = false;
	for (size_t i = 0; i < h->n; i++)
		n += h->lines[i].sign == other ? 0 : h->lines[i].text.len;
	s = arena_alloc(p->a, n + 1);
	n = 0;
	for (size_t i = 0; i < h->n; i++) {
		struct str text = h->lines[i].text;

		if (h->lines[i].sign == other)
			continue;
		if (text.len)
			memcpy(s + n, text.p, text.len);
		n += text.len;
		*open = h->lines[i].open;
	}
	return str_n(s, n);
}

/* The byte behind the headings, each of which one line must be. */
static int
headings(const struct section *s, const struct patch_hunk *h, size_t *from,
    struct err *e)
{
	*from = s->behind;
	for (size_t i = 0; i < h->n_headings; i++) {
		struct str line = s->crlf ? arena_fmt(s->p->a, "%.*s\r\n",
		    STR_ARG(h->headings[i])) : arena_fmt(s->p->a, "%.*s\n",
		    STR_ARG(h->headings[i]));
		struct str rest = str_n(s->v->text.p + *from,
		    s->v->text.len - *from);
		struct matches m;

		if (view_find(s->p, rest, line, MATCH_LINES, &m, e) != 0)
			return -1;
		if (m.n != 1) {
			err_set(e, m.n ? ERR_ANCHOR_AMBIGUOUS :
			    ERR_ANCHOR_MISSING, "the heading \"%.*s\" is %s "
			    "of %.*s", (int)(h->headings[i].len > 200 ? 200 :
			    h->headings[i].len), h->headings[i].p, m.n ?
			    "more than one line" : "no line",
			    STR_ARG(s->f->path));
			return at_hunk(s, h, e);
		}
		*from += m.m[0].to;
	}
	return 0;
}

/* A hunk that only adds, and shows no line around. */
static int
bare_hunk(const struct section *s, const struct patch_hunk *h, size_t from,
    struct match *out, struct err *e)
{
	size_t line = h->old_line > 0 ? (size_t)h->old_line : 0;

	if (h->n_headings) {
		*out = (struct match){ from, from };
		return 0;
	}
	if (h->at_end || s->v->text.len == s->v->mark) {
		*out = (struct match){ s->v->text.len, s->v->text.len };
		return 0;
	}
	if (!s->known || h->old_line < 0) {
		err_set(e, ERR_MATCH_AMBIGUOUS, "the hunk shows no line of the "
		    "file, so it could go anywhere; add lines around it, or "
		    "name base");
		return at_hunk(s, h, e);
	}
	if (line > s->v->n) {
		err_set(e, ERR_OUT_OF_RANGE, "the hunk goes behind line %zu, "
		    "but %.*s has %zu lines", line, STR_ARG(s->f->path),
		    s->v->n);
		return at_hunk(s, h, e);
	}
	out->from = out->to = lines_start(s->v, line);
	if (out->from >= from)
		return 0;
	err_set(e, ERR_MATCH_NOT_FOUND, "the hunk goes behind line %zu of %.*s,"
	    " but the hunk before went further down", line,
	    STR_ARG(s->f->path));
	return at_hunk(s, h, e);
}

static int
hunk_missing(const struct section *s, const struct patch_hunk *h,
    struct err *e)
{
	size_t line = h->old_line > 0 ? (size_t)h->old_line - 1 : 0;
	bool open;
	struct str after = side(s->p, h, '-', &open);
	struct matches there = { 0 };

	if (s->crlf)
		after = text_to_crlf(s->p->a, after);
	if (after.len)
		match_find(s->p->turn, s->v->text, after, MATCH_LINES, &there);
	plan_show(s->p, s->f, line, h->old_line > 0 ? line + h->n :
	    s->f->base.n, s->r);
	/* several may have been there before */
	if (there.kind == MATCH_EXACT && there.n == 1 && !there.twice)
		err_set(e, ERR_ALREADY_APPLIED, "the lines to change are not in "
		    "%.*s, but those they become are, from line %zu on",
		    STR_ARG(s->f->path),
		    lines_at(s->v, there.m[0].from) + 1);
	else
		err_set(e, ERR_MATCH_NOT_FOUND, "the lines of the hunk are not "
		    "in %.*s", STR_ARG(s->f->path));
	return at_hunk(s, h, e);
}

/* Where the lines of the hunk stand from a byte on. */
static int
find_from(const struct section *s, size_t from, struct matches *out,
    struct err *e)
{
	struct str rest = str_n(s->v->text.p + from, s->v->text.len - from);

	if (view_find(s->p, rest, s->old, s->place, out, e) != 0)
		return -1;
	for (size_t i = 0; i < out->n; i++) {
		out->m[i].from += from;
		out->m[i].to += from;
	}
	return 0;
}

/* The byte of the line that the hunk states; 0 when it states none.  Diffs know
 * no byte order mark: to them it is a part of line 1. */
static size_t
stated_at(const struct section *s, const struct patch_hunk *h)
{
	size_t at = h->old_line > 0 ? lines_start(s->v,
	    (size_t)h->old_line - 1) : 0;

	return at == s->v->mark && str_starts(s->old, text_bom) ? 0 : at;
}

/* Exactly at the stated line of a known version: there is no need to look at
 * the rest of the file. */
static bool
stands_as_stated(const struct section *s, const struct patch_hunk *h,
    size_t from, struct match *out)
{
	struct str text = s->v->text;
	size_t at = stated_at(s, h);

	if (!s->known || h->old_line <= 0 || at < from ||
	    !str_starts(str_n(text.p + at, text.len - at), s->old))
		return false;
	*out = (struct match){ at, at + s->old.len };
	return out->to == text.len || (s->place == MATCH_LINES &&
	    s->old.p[s->old.len - 1] == '\n');
}

/* Is there a match at that byte?  It may hide within another one. */
static bool
stands_at(const struct section *s, size_t at, const struct matches *m,
    struct match *out)
{
	struct matches more = { 0 };

	for (size_t i = 0; i < m->n; i++)
		if (m->m[i].from == at) {
			*out = m->m[i];
			return true;
		}
	if ((m->n > 1 || m->twice) && find_from(s, at, &more, NULL) != 0)
		return false;
	if (!more.n || more.kind != m->kind || more.m[0].from != at)
		return false;
	*out = more.m[0];
	return true;
}

static int
ambiguous(const struct section *s, const struct patch_hunk *h,
    const struct matches *m, struct err *e)
{
	size_t first = lines_at(s->v, m->m[0].from) + 1;

	if (m->twice)
		err_set(e, ERR_MATCH_AMBIGUOUS, "the lines of the hunk are in "
		    "%.*s from line %zu on, and again from a line within "
		    "those; show more lines, or name base",
		    STR_ARG(s->f->path), first);
	else
		err_set(e, ERR_MATCH_AMBIGUOUS, "the lines of the hunk are in "
		    "%.*s %zu times, from line %zu and %zu on; show more lines,"
		    " or name base", STR_ARG(s->f->path), m->n, first,
		    lines_at(s->v, m->m[1].from) + 1);
	return at_hunk(s, h, e);
}

/* Which of the matches is meant: the one at the stated line of a known version,
 * the first one behind a heading, or the only one; hunks go downwards. */
static int
choose(const struct section *s, const struct patch_hunk *h, size_t from,
    const struct matches *m, struct match *out, struct err *e)
{
	size_t stated = stated_at(s, h);

	if (s->known && h->old_line > 0 && stated >= from &&
	    stands_at(s, stated, m, out))
		return 0;
	if (m->m[0].from >= from && (h->n_headings ||
	    (m->n == 1 && !m->twice))) {
		*out = m->m[0];
		return 0;
	}
	if (!h->n_headings && (m->n > 1 || m->twice))
		return ambiguous(s, h, m, e);
	err_set(e, ERR_MATCH_NOT_FOUND, "the lines of the hunk are in line %zu"
	    " of %.*s, but before %s", lines_at(s->v, m->m[m->n - 1].from) + 1,
	    STR_ARG(s->f->path), h->n_headings ? "its heading" :
	    "the hunk before");
	return at_hunk(s, h, e);
}

static int
hunk_find(struct section *s, const struct patch_hunk *h, size_t from,
    struct matches *m, struct match *out, struct err *e)
{
	*m = (struct matches){ .kind = MATCH_EXACT };
	if (stands_as_stated(s, h, from, out))
		return 0;
	if (find_from(s, h->n_headings ? from : 0, m, e) != 0 ||
	    (!m->n && h->n_headings && find_from(s, 0, m, e) != 0))
		return -1;
	return m->n ? choose(s, h, from, m, out, e) : hunk_missing(s, h, e);
}

static int
hunk_place(struct section *s, const struct patch_hunk *h, struct match *out,
    struct err *e)
{
	struct matches m;
	size_t from;
	bool open;

	if (headings(s, h, &from, e) != 0)
		return -1;
	s->old = side(s->p, h, '+', &open);
	if (!s->old.len)
		return bare_hunk(s, h, from, out, e);
	if (s->crlf)
		s->old = text_to_crlf(s->p->a, s->old);
	s->place = open || h->at_end ? MATCH_LAST_LINES : MATCH_LINES;
	if (hunk_find(s, h, from, &m, out, e) != 0)
		return -1;
	if (!s->r->match || m.kind == MATCH_TRAILING_SPACE)
		s->r->match = match_names[m.kind];
	if (h->old_line > 0 && s->r->shift == SHIFT_NONE) {
		s->r->shift = (int64_t)lines_at(s->v, out->from) + 1 -
		    h->old_line;
		s->d->tells_shift = true;
	}
	return 0;
}

static size_t
line_bytes(const struct lines *v, size_t at)
{
	struct str rest = str_n(v->text.p + at, v->text.len - at);
	size_t end = text_find_end(rest, 0);

	return end + (end < rest.len);
}

/* All lines that a hunk shows are what it is about. */
static void
watch_add(struct section *s, const struct match *m)
{
	struct draft *d = s->d;
	size_t n = d->script.n - 1;

	/* doubled at 1, 2, 4 … */
	if ((n & (n - 1)) == 0) {
		struct reach *more = arena_array_of(s->p->a, struct reach,
		    n * 2 + 1);

		if (n)
			memcpy(more, d->watch, n * sizeof(*more));
		d->watch = more;
	}
	d->watch[n] = (struct reach){ m->from, m->to, false };
}

/* Runs of lines that go and come, from the match on; the lines around are left
 * as they are in the file. */
static int
hunk_edits(struct section *s, const struct patch_hunk *h,
    const struct match *m, struct err *e)
{
	size_t at = m->from;

	for (size_t i = 0; i < h->n;) {
		struct hunk edit = { .from = at, .gone = { NULL, 0 } };
		struct joined come = { .a = s->p->a, .s = STR("") };
		size_t first = i;

		for (; i < h->n && h->lines[i].sign != ' '; i++) {
			if (h->lines[i].sign == '-')
				at += line_bytes(s->v, at);
			else
				joined_add(&come, h->lines[i].text);
		}
		if (i == first) {
			at += line_bytes(s->v, at);
			i++;
			continue;
		}
		edit.gone.len = at - edit.from;
		edit.come = come.s;
		if (text_is_binary(come.s)) {
			err_set(e, ERR_BINARY_FILE, "the hunk has a NUL byte");
			return at_hunk(s, h, e);
		}
		if (!script_add(s->p->a, &s->d->script, &edit)) {
			err_set(e, ERR_OVERLAP, "the hunk edits lines of the "
			    "hunk before");
			return at_hunk(s, h, e);
		}
		watch_add(s, m);
	}
	return 0;
}

/* Does the section show lines of the file with CRLF? */
static bool
shows_crlf(const struct patch_section *sec)
{
	for (size_t i = 0; i < sec->n; i++)
		for (size_t j = 0; j < sec->hunks[i].n; j++) {
			const struct patch_line *l = &sec->hunks[i].lines[j];

			if (l->sign != '+' && str_ends(l->text, STR("\r\n")))
				return true;
		}
	return false;
}

int
plan_section_edits(struct section *s, const struct patch_section *sec,
    struct err *e)
{
	/* it knows how the lines end, and may be about that alone */
	if (s->crlf && shows_crlf(sec)) {
		s->crlf = false;
		s->d->exact_ends = true;
	}
	for (size_t i = 0; i < sec->n; i++) {
		const struct patch_hunk *h = &sec->hunks[i];
		struct match m = { 0 };

		if (hunk_place(s, h, &m, e) != 0 ||
		    hunk_edits(s, h, &m, e) != 0)
			return -1;
		s->behind = m.to;
	}
	return 0;
}

/* Has the client said which version it means? */
static bool
base_known(const struct planner *p, const struct file *f)
{
	/* what the batch itself made is what it says */
	if (!f->existed)
		return true;
	for (size_t i = 0; i < p->batch->n_base; i++)
		if (str_eq(p->batch->base[i].path, f->path))
			return true;
	return false;
}

struct section
plan_section(struct planner *p, size_t k, struct file *f, struct draft *d,
    struct plan_result *r)
{
	struct section s = { .p = p, .f = f, .k = k, .v = view_text(p, f),
	    .known = base_known(p, f), .d = d, .r = r };

	s.crlf = p->batch->eol == EOL_AUTO && view_crlf(p, f);
	return s;
}
