#include "text/script.h"

static size_t
hunk_end(const struct hunk *h)
{
	return h->from + h->gone.len;
}

/* The first hunk that ends at or behind a byte. */
static size_t
first_ending(const struct script *s, size_t byte)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (hunk_end(&s->h[mid]) < byte)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Does it stand before the new one, when neither touches the other? */
static bool
stands_before(const struct hunk *h, const struct hunk *new)
{
	if (h->from == new->from && !h->gone.len && !new->gone.len)
		return h->rank <= new->rank;
	if (h->from == new->from)
		return !h->gone.len;
	return h->from < new->from;
}

size_t
script_place(const struct script *s, const struct hunk *new, size_t *touched)
{
	size_t at = first_ending(s, new->from);

	for (; at < s->n && s->h[at].from <= hunk_end(new); at++) {
		const struct hunk *h = &s->h[at];

		if (h->from < hunk_end(new) && new->from < hunk_end(h)) {
			*touched = at;
			return SCRIPT_TOUCHED;
		}
		if (!stands_before(h, new))
			break;
	}
	/* what is put in at one point may stand before what is taken there */
	for (size_t i = at; i < s->n && s->h[i].from < hunk_end(new); i++)
		if (new->from < hunk_end(&s->h[i])) {
			*touched = i;
			return SCRIPT_TOUCHED;
		}
	return at;
}

void
script_reserve(struct arena *a, struct script *s, size_t n)
{
	struct hunk *more;

	if (s->n + n <= s->cap)
		return;
	s->cap = (s->n + n) * 2 + 2;
	more = arena_array_of(a, struct hunk, s->cap);
	if (s->n)
		memcpy(more, s->h, s->n * sizeof(*more));
	s->h = more;
}

void
script_insert(struct arena *a, struct script *s, size_t at,
    const struct hunk *hunk)
{
	script_reserve(a, s, 1);
	if (at < s->n)
		memmove(s->h + at + 1, s->h + at, (s->n - at) * sizeof(*s->h));
	s->h[at] = *hunk;
	s->n++;
}

bool
script_add(struct arena *a, struct script *s, const struct hunk *hunk)
{
	size_t touched, at = script_place(s, hunk, &touched);

	if (at == SCRIPT_TOUCHED)
		return false;
	script_insert(a, s, at, hunk);
	return true;
}

int64_t
script_growth(const struct script *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += (int64_t)s->h[i].come.len - (int64_t)s->h[i].gone.len;
	return n;
}

static void
put(char *to, size_t *at, struct str s)
{
	if (s.len)
		memcpy(to + *at, s.p, s.len);
	*at += s.len;
}

struct str
script_apply(struct arena *a, const struct script *s, struct str before)
{
	size_t bytes = (size_t)((int64_t)before.len + script_growth(s));
	char *to = arena_bytes(a, bytes + 1);
	size_t at = 0, from = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct hunk *h = &s->h[i];

		put(to, &at, str_n(before.p + from, h->from - from));
		put(to, &at, h->come);
		from = hunk_end(h);
	}
	put(to, &at, str_n(before.p + from, before.len - from));
	return str_n(to, at);
}

bool
script_fits(const struct script *s, struct str before)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct hunk *h = &s->h[i];

		if (h->from > before.len || h->gone.len > before.len - h->from ||
		    !str_eq(h->gone, str_n(before.p + h->from, h->gone.len)))
			return false;
	}
	return true;
}

struct script
script_inverse(struct arena *a, const struct script *s)
{
	struct script out = { arena_array_of(a, struct hunk, s->n + 1), s->n,
	    s->n + 1 };
	size_t grown = 0;		/* modulo 2^64, like what it is added to */

	for (size_t i = 0; i < s->n; i++) {
		const struct hunk *h = &s->h[i];

		out.h[i] = (struct hunk){ h->from + grown, h->come, h->gone, 0 };
		grown += h->come.len - h->gone.len;
	}
	return out;
}

bool
reach_carry(const struct script *through, struct reach *r)
{
	size_t grown = 0;

	for (size_t i = 0; i < through->n; i++) {
		const struct hunk *h = &through->h[i];
		size_t end = hunk_end(h);

		if (h->from > r->to)
			break;
		if (end < r->from || (end == r->from &&
		    (h->gone.len || r->late || r->to > r->from))) {
			grown += h->come.len - h->gone.len;
			continue;
		}
		/* it begins where we end, or is put in where we begin */
		if (h->from == r->to || (end == r->from && h->from == end))
			break;
		return false;
	}
	r->from += grown;
	r->to += grown;
	return true;
}

bool
script_carry(struct arena *a, const struct script *through,
    const struct script *s, struct script *out, size_t *hunk)
{
	*out = (struct script){ arena_array_of(a, struct hunk, s->n + 1), s->n,
	    s->n + 1 };
	for (size_t i = 0; i < s->n; i++) {
		struct reach r = { s->h[i].from, hunk_end(&s->h[i]),
		    s->h[i].rank > 0 };

		if (!reach_carry(through, &r)) {
			*hunk = i;
			return false;
		}
		out->h[i] = s->h[i];
		out->h[i].from = r.from;
	}
	return true;
}

/* Seven bits a byte, the lowest first; the last byte is below 0x80. */
static void
put_number(struct buf *out, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		buf_addc(out, (char)(0x80 | (n & 0x7f)));
	buf_addc(out, (char)n);
}

static bool
take_number(struct str *s, size_t *n)
{
	uint64_t v = 0;

	for (unsigned shift = 0; s->len && shift < 63; shift += 7) {
		unsigned char c = (unsigned char)*s->p++;

		s->len--;
		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80) {
			*n = (size_t)v;
			return true;
		}
	}
	return false;
}

void
script_pack(const struct script *s, struct buf *out)
{
	size_t last = 0;

	put_number(out, s->n);
	for (size_t i = 0; i < s->n; i++) {
		const struct hunk *h = &s->h[i];

		put_number(out, h->from - last);
		put_number(out, h->gone.len);
		put_number(out, h->come.len);
		last = hunk_end(h);
	}
	for (size_t i = 0; i < s->n; i++)
		buf_add(out, s->h[i].gone);
}

bool
script_unpack(struct arena *a, struct str bytes, struct script *out)
{
	size_t n, last = 0;

	/* three numbers for each hunk are three bytes at least */
	if (!take_number(&bytes, &n) || n > bytes.len / 3)
		return false;
	*out = (struct script){ arena_array_of(a, struct hunk, n + 1), n, n + 1 };
	for (size_t i = 0; i < n; i++) {
		struct hunk *h = &out->h[i];

		if (!take_number(&bytes, &h->from) ||
		    !take_number(&bytes, &h->gone.len) ||
		    !take_number(&bytes, &h->come.len))
			return false;
		h->from += last;
		last = hunk_end(h);
	}
	for (size_t i = 0; i < n; i++) {
		struct hunk *h = &out->h[i];

		if (h->gone.len > bytes.len)
			return false;
		h->gone.p = bytes.p;
		bytes.p += h->gone.len;
		bytes.len -= h->gone.len;
	}
	return bytes.len == 0;
}
