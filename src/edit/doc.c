#include "edit/doc.h"

static void
count(struct doc *d, const struct piece *p, bool add)
{
	struct endings ends = lines_endings(p->src, p->first, p->n);
	size_t bytes = lines_slice(p->src, p->first, p->n).len;

	if (add) {
		d->n_lines += p->n;
		d->bytes += bytes;
		d->endings.lf += ends.lf;
		d->endings.crlf += ends.crlf;
	} else {
		d->n_lines -= p->n;
		d->bytes -= bytes;
		d->endings.lf -= ends.lf;
		d->endings.crlf -= ends.crlf;
	}
}

/* Room for n pieces in the place of `drop` pieces at k. */
static void
room(struct doc *d, size_t k, size_t drop, size_t n)
{
	size_t rest = d->n_pieces - k - drop;

	if (d->n_pieces - drop + n > d->cap) {
		size_t cap = d->cap * 2 + 8;
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

/* The index of the piece that begins with line, made by a cut if need be. */
static size_t
cut(struct doc *d, size_t line)
{
	size_t k = 0;
	struct piece whole;

	while (k < d->n_pieces && line >= d->pieces[k].n)
		line -= d->pieces[k++].n;
	if (!line)
		return k;
	whole = d->pieces[k];
	room(d, k, 1, 2);
	d->pieces[k] = (struct piece){ whole.src, whole.first, line };
	d->pieces[k + 1] = (struct piece){ whole.src, whole.first + line,
	    whole.n - line };
	return k + 1;
}

void
doc_load(struct doc *d, struct arena *a, struct str bytes, struct lines *lines)
{
	*d = (struct doc){ .a = a, .bom = str_starts(bytes, text_bom) };
	if (d->bom) {
		bytes.p += text_bom.len;
		bytes.len -= text_bom.len;
		d->bytes = text_bom.len;
	}
	lines_of(a, bytes, lines);
	doc_splice(d, &(struct splice){ .added = lines });
}

bool
doc_is_crlf(const struct doc *d)
{
	return d->endings.crlf && !d->endings.lf;
}

void
doc_splice(struct doc *d, const struct splice *s)
{
	size_t from = cut(d, s->first), to = cut(d, s->first + s->removed);
	struct piece add = { s->added, 0, s->added->n };

	for (size_t k = from; k < to; k++)
		count(d, &d->pieces[k], false);
	room(d, from, to - from, add.n != 0);
	if (!add.n)
		return;
	d->pieces[from] = add;
	count(d, &add, true);
}

struct str
doc_bytes(const struct doc *d)
{
	char *p = arena_alloc(d->a, d->bytes + 1);
	size_t at = 0;

	if (d->bom) {
		memcpy(p, text_bom.p, text_bom.len);
		at = text_bom.len;
	}
	for (size_t k = 0; k < d->n_pieces; k++) {
		struct piece *pc = &d->pieces[k];
		struct str s = lines_slice(pc->src, pc->first, pc->n);

		if (s.len)
			memcpy(p + at, s.p, s.len);
		at += s.len;
	}
	return str_n(p, at);
}

struct doc_at
doc_seek(const struct doc *d, size_t line)
{
	struct doc_at at = { .d = d };

	while (at.piece < d->n_pieces && line >= d->pieces[at.piece].n)
		line -= d->pieces[at.piece++].n;
	at.line = line;
	return at;
}

struct str
doc_next(struct doc_at *at)
{
	const struct piece *p;
	struct str line;

	if (at->piece >= at->d->n_pieces)
		return STR("");
	p = &at->d->pieces[at->piece];
	line = lines_slice(p->src, p->first + at->line, 1);
	if (++at->line == p->n) {
		at->piece++;
		at->line = 0;
	}
	return line;
}

struct str
doc_line(const struct doc *d, size_t line)
{
	struct doc_at at = doc_seek(d, line);

	return doc_next(&at);
}
