#include "text/doc.h"

#include "base/limits.h"

#define PUT_BYTES KIB(64)

static struct piece
piece_of(const struct doc *d, struct str text, bool base)
{
	struct piece p = { text, 0, base };

	if (base) {
		size_t from = (size_t)(text.p - d->base->text.p);

		p.ends = lines_ends_before(d->base, from + text.len) -
		    lines_ends_before(d->base, from);
	} else {
		p.ends = text_count_ends(text);
	}
	return p;
}

static void
count(struct doc *d, const struct piece *p, bool add)
{
	d->bytes += add ? p->text.len : -p->text.len;
	d->ends += add ? p->ends : -p->ends;
}

/* Room for n pieces in the place of `drop` pieces at k. */
static void
room(struct doc *d, size_t k, size_t drop, size_t n)
{
	size_t rest = d->n_pieces - k - drop;

	if (d->n_pieces - drop + n > d->cap) {
		size_t cap = (d->n_pieces + n) * 2 + 8;
		struct piece *p = arena_array_of(d->a, struct piece, cap);

		if (d->n_pieces)
			memcpy(p, d->pieces, d->n_pieces * sizeof(*p));
		d->pieces = p;
		d->cap = cap;
	}
	if (rest)
		memmove(d->pieces + k + n, d->pieces + k + drop,
		    rest * sizeof(*d->pieces));
	d->n_pieces = d->n_pieces - drop + n;
}

/* Edits mostly come in order, so a search begins where the last one ended. */
static void
finger_forth(const struct doc *d)
{
	const struct piece *p = &d->pieces[d->finger->k++];

	d->finger->bytes += p->text.len;
	d->finger->ends += p->ends;
}

static void
finger_back(const struct doc *d)
{
	const struct piece *p = &d->pieces[--d->finger->k];

	d->finger->bytes -= p->text.len;
	d->finger->ends -= p->ends;
}

/* The piece that holds a byte, or the number of pieces; *byte becomes its place
 * in there.  The finger is there afterwards. */
static size_t
seek(const struct doc *d, size_t *byte)
{
	const struct finger *f = d->finger;

	while (f->bytes > *byte)
		finger_back(d);
	while (f->k < d->n_pieces &&
	    *byte - f->bytes >= d->pieces[f->k].text.len)
		finger_forth(d);
	*byte -= f->bytes;
	return f->k;
}

/* The same; a look at the first or the last piece leaves the finger alone. */
static size_t
piece_at(const struct doc *d, size_t *byte)
{
	const struct piece *p = d->pieces;
	size_t n = d->n_pieces;

	if (n && *byte < p->text.len)
		return 0;
	if (n && *byte >= d->bytes - p[n - 1].text.len && *byte < d->bytes) {
		*byte -= d->bytes - p[n - 1].text.len;
		return n - 1;
	}
	return seek(d, byte);
}

/* The index of the piece that begins with a byte, made by a cut if need be. */
static size_t
cut(struct doc *d, size_t byte)
{
	size_t k = seek(d, &byte);
	struct piece whole, head;

	if (!byte)
		return k;
	whole = d->pieces[k];
	head = piece_of(d, str_n(whole.text.p, byte), whole.base);
	room(d, k, 1, 2);
	d->pieces[k] = head;
	d->pieces[k + 1] = (struct piece){ str_n(whole.text.p + byte,
	    whole.text.len - byte), whole.ends - head.ends, whole.base };
	return k + 1;
}

/* Text in the place of `drop` pieces at k: in parts, for in what was put in
 * line ends are found by looking at it from its start. */
static void
put(struct doc *d, size_t k, size_t drop, struct str text)
{
	room(d, k, drop, (text.len + PUT_BYTES - 1) / PUT_BYTES);
	for (size_t at = 0; at < text.len; at += PUT_BYTES, k++) {
		size_t n = text.len - at < PUT_BYTES ? text.len - at :
		    PUT_BYTES;

		d->pieces[k] = piece_of(d, str_n(text.p + at, n), false);
		count(d, &d->pieces[k], true);
	}
	if (text.len)
		d->endings = endings_join(d->endings, text_endings(text));
}

static void
splice(struct doc *d, const struct hunk *h)
{
	size_t from = cut(d, h->from), to = cut(d, h->from + h->gone.len);
	size_t byte = h->from;

	/* what lies behind the finger may change, what lies before may not */
	seek(d, &byte);
	for (size_t k = from; k < to; k++)
		count(d, &d->pieces[k], false);
	put(d, from, to - from, h->come);
}

/* Append what the old pieces have in [from, to), beginning the search at *k,
 * whose first byte is *at. */
static void
take(struct doc *to_doc, const struct doc *old, size_t *k, size_t *at,
    size_t from, size_t to)
{
	while (from < to) {
		const struct piece *p = &old->pieces[*k];
		size_t skip = from - *at, n = p->text.len - skip;
		struct piece add = *p;

		if (skip >= p->text.len) {
			*at += p->text.len;
			++*k;
			continue;
		}
		n = n < to - from ? n : to - from;
		if (n < p->text.len)
			add = piece_of(old, str_n(p->text.p + skip, n), p->base);
		room(to_doc, to_doc->n_pieces, 0, 1);
		to_doc->pieces[to_doc->n_pieces - 1] = add;
		count(to_doc, &add, true);
		from += n;
	}
}

/* Many hunks in one pass. */
static void
rebuild(struct doc *d, const struct script *s)
{
	struct doc new = { .a = d->a, .base = d->base, .endings = d->endings,
	    .finger = arena_new_of(d->a, struct finger) };
	size_t k = 0, at = 0, from = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct hunk *h = &s->h[i];

		take(&new, d, &k, &at, from, h->from);
		from = h->from + h->gone.len;
		put(&new, new.n_pieces, 0, h->come);
	}
	take(&new, d, &k, &at, from, d->bytes);
	*d = new;
}

void
doc_apply(struct doc *d, const struct script *s)
{
	if (s->n == 1)
		splice(d, &s->h[0]);
	else if (s->n > 1)
		rebuild(d, s);
}

void
doc_load(struct doc *d, struct arena *a, const struct lines *base)
{
	*d = (struct doc){ .a = a, .base = base, .bytes = base->text.len,
	    .ends = base->ends, .endings = text_endings(base->text),
	    .finger = arena_new_of(a, struct finger) };
	if (!base->text.len)
		return;
	room(d, 0, 0, 1);
	d->pieces[0] = (struct piece){ base->text, base->ends, true };
}

bool
doc_has_mark(const struct doc *d)
{
	return d->bytes >= text_bom.len &&
	    str_eq(doc_slice(d, 0, text_bom.len), text_bom);
}

size_t
doc_lines(const struct doc *d)
{
	const struct piece *last = d->n_pieces ? &d->pieces[d->n_pieces - 1] :
	    NULL;

	if (!last || !text_is_open(last->text))
		return d->ends;
	return d->ends + (d->bytes > (doc_has_mark(d) ? text_bom.len : 0));
}

/* The place of the n-th LF inside of a piece that has more than n. */
static size_t
end_in(const struct doc *d, const struct piece *p, size_t n)
{
	size_t from;

	if (!p->base)
		return text_find_end(p->text, n);
	from = (size_t)(p->text.p - d->base->text.p);
	return lines_start(d->base, lines_ends_before(d->base, from) + n + 1) -
	    1 - from;
}

size_t
doc_line_start(const struct doc *d, size_t line)
{
	const struct finger *f = d->finger;

	if (line == 0)
		return doc_has_mark(d) ? text_bom.len : 0;
	if (line > d->ends)
		return d->bytes;
	while (f->ends >= line)
		finger_back(d);
	while (f->ends + d->pieces[f->k].ends < line)
		finger_forth(d);
	return f->bytes + end_in(d, &d->pieces[f->k], line - f->ends - 1) + 1;
}

/* LFs in front of a byte of a piece. */
static size_t
ends_in(const struct doc *d, const struct piece *p, size_t byte)
{
	return piece_of(d, str_n(p->text.p, byte), p->base).ends;
}

size_t
doc_line_at(const struct doc *d, size_t byte)
{
	size_t k = seek(d, &byte), n = d->finger->ends;

	return byte ? n + ends_in(d, &d->pieces[k], byte) : n;
}

size_t
doc_line_end(const struct doc *d, size_t byte)
{
	size_t in = byte, k = piece_at(d, &in);

	for (; k < d->n_pieces; k++, in = 0) {
		struct str rest = d->pieces[k].text;
		const char *lf;

		rest = str_n(rest.p + in, rest.len - in);
		lf = memchr(rest.p, '\n', rest.len);
		if (lf)
			return byte + (size_t)(lf - rest.p) + 1;
		byte += rest.len;
	}
	return d->bytes;
}

size_t
doc_line_begin(const struct doc *d, size_t byte)
{
	size_t in = byte, k = piece_at(d, &in), floor;

	for (;; in = d->pieces[k].text.len) {
		const char *lf = in ? memrchr(d->pieces[k].text.p, '\n', in) :
		    NULL;

		if (lf)
			return byte - (in - 1 -
			    (size_t)(lf - d->pieces[k].text.p));
		byte -= in;
		if (k-- == 0)
			break;
	}
	floor = doc_has_mark(d) ? text_bom.len : 0;
	return byte > floor ? byte : floor;
}

struct str
doc_slice(const struct doc *d, size_t from, size_t len)
{
	size_t in = from, k = piece_at(d, &in), at = 0;
	char *to;

	if (!len)
		return STR("");
	if (d->pieces[k].text.len - in >= len)
		return str_n(d->pieces[k].text.p + in, len);
	to = arena_bytes(d->a, len);
	while (at < len) {
		struct str s = d->pieces[k++].text;
		size_t n = s.len - in < len - at ? s.len - in : len - at;

		memcpy(to + at, s.p + in, n);
		at += n;
		in = 0;
	}
	return str_n(to, len);
}

struct str
doc_bytes(const struct doc *d)
{
	return d->n_pieces == 1 ? d->pieces[0].text :
	    doc_slice(d, 0, d->bytes);
}

size_t
doc_origin(const struct doc *d, size_t byte, bool behind)
{
	size_t in = byte, k = piece_at(d, &in);

	/* at the edge of two pieces the one before may be the base's */
	if (!in && k && !behind && d->pieces[k - 1].base) {
		struct str s = d->pieces[k - 1].text;

		return (size_t)(s.p - d->base->text.p) + s.len;
	}
	if (k < d->n_pieces && d->pieces[k].base)
		return (size_t)(d->pieces[k].text.p - d->base->text.p) + in;
	while (k < d->n_pieces && !d->pieces[k].base)
		k++;
	if (k == d->n_pieces)
		return d->base->text.len;
	return (size_t)(d->pieces[k].text.p - d->base->text.p);
}
