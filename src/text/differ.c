#include "text/differ.h"

#include "base/hash.h"

#define DIFFER_MAX_COST 4096
#define COMPARE_BYTES KIB(4)
#define TRIES 3

/* Two lists of lines as hashes: equal lines have equal ones. */
struct differ {
	const uint64_t *a, *b;
	int32_t *forward, *backward;	/* by diagonal, from the middle */
	bool *gone, *come;		/* lines that differ */
};

struct box {
	int32_t a0, a1, b0, b1;
};

struct point {
	int32_t a, b;
};

/* Along a diagonal as far as the lines are equal. */
static int32_t
slide(const struct differ *d, const struct box *x, int32_t a, int32_t k)
{
	while (a < x->a1 && a - k < x->b1 && d->a[a] == d->b[a - k])
		a++;
	return a;
}

static int32_t
slide_back(const struct differ *d, const struct box *x, int32_t a, int32_t k)
{
	while (a > x->a0 && a - k > x->b0 && d->a[a - 1] == d->b[a - 1 - k])
		a--;
	return a;
}

/* One more step from the front; true and *p when it meets the way back. */
static bool
step_forward(const struct differ *d, const struct box *x, int32_t cost,
    struct point *p)
{
	int32_t *f = d->forward, *r = d->backward;
	int32_t k0 = x->a0 - x->b0, k1 = x->a1 - x->b1;
	bool odd = (k1 - k0) & 1;

	for (int32_t k = k0 - cost; k <= k0 + cost; k += 2) {
		int32_t a = k == k0 - cost || (k != k0 + cost &&
		    f[k - 1] < f[k + 1]) ? f[k + 1] : f[k - 1] + 1;

		if (cost == 0)
			a = x->a0;
		if (a > x->a1 || a - k > x->b1) {
			f[k] = a;
			continue;
		}
		f[k] = slide(d, x, a, k);
		if (odd && k > k1 - cost && k < k1 + cost && f[k] >= r[k]) {
			*p = (struct point){ f[k], f[k] - k };
			return true;
		}
	}
	return false;
}

static bool
step_backward(const struct differ *d, const struct box *x, int32_t cost,
    struct point *p)
{
	int32_t *f = d->forward, *r = d->backward;
	int32_t k0 = x->a0 - x->b0, k1 = x->a1 - x->b1;
	bool odd = (k1 - k0) & 1;

	for (int32_t k = k1 - cost; k <= k1 + cost; k += 2) {
		int32_t a = k == k1 + cost || (k != k1 - cost &&
		    r[k - 1] < r[k + 1]) ? r[k - 1] : r[k + 1] - 1;

		if (cost == 0)
			a = x->a1;
		if (a < x->a0 || a - k < x->b0) {
			r[k] = a;
			continue;
		}
		r[k] = slide_back(d, x, a, k);
		if (!odd && k >= k0 - cost && k <= k0 + cost && f[k] >= r[k]) {
			*p = (struct point){ r[k], r[k] - k };
			return true;
		}
	}
	return false;
}

/* The farthest point that the way from the front has reached. */
static struct point
farthest(const struct differ *d, const struct box *x, int32_t cost)
{
	int32_t k0 = x->a0 - x->b0;
	struct point best = { x->a0, x->b0 };

	for (int32_t k = k0 - cost; k <= k0 + cost; k += 2) {
		int32_t a = d->forward[k], b = a - k;

		if (a >= x->a0 && a <= x->a1 && b >= x->b0 && b <= x->b1 &&
		    (int64_t)a + b > (int64_t)best.a + best.b)
			best = (struct point){ a, b };
	}
	return best;
}

/* A point on a shortest way through the box. */
static struct point
middle(const struct differ *d, const struct box *x)
{
	struct point p;

	for (int32_t cost = 0;; cost++) {
		if (step_forward(d, x, cost, &p) ||
		    step_backward(d, x, cost, &p))
			return p;
		if (cost == DIFFER_MAX_COST)
			return farthest(d, x, cost);
	}
}

static void
compare(const struct differ *d, struct box x)
{
	for (;;) {
		struct point p;

		while (x.a0 < x.a1 && x.b0 < x.b1 && d->a[x.a0] == d->b[x.b0])
			x.a0++, x.b0++;
		while (x.a0 < x.a1 && x.b0 < x.b1 &&
		    d->a[x.a1 - 1] == d->b[x.b1 - 1])
			x.a1--, x.b1--;
		if (x.a0 == x.a1 || x.b0 == x.b1)
			break;
		p = middle(d, &x);
		/* each half costs half of the whole: never deeper than that */
		compare(d, (struct box){ x.a0, p.a, x.b0, p.b });
		x.a0 = p.a;
		x.b0 = p.b;
	}
	for (int32_t i = x.a0; i < x.a1; i++)
		d->gone[i] = true;
	for (int32_t i = x.b0; i < x.b1; i++)
		d->come[i] = true;
}

/* What makes it a matter of luck that two lines share a hash. */
struct seed {
	uint64_t a, b;
};

__extension__ typedef unsigned __int128 product;

static uint64_t
mix(uint64_t a, uint64_t b)
{
	product m = (product)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t
hash_of(struct str s, const struct seed *seed)
{
	uint64_t h = seed->a ^ s.len, w[2];

	for (; s.len > sizeof(w); s.p += sizeof(w), s.len -= sizeof(w)) {
		memcpy(w, s.p, sizeof(w));
		h = mix(w[0] ^ seed->b, w[1] ^ h);
	}
	w[0] = w[1] = 0;
	memcpy(w, s.p, s.len);
	return mix(w[0] ^ seed->b, w[1] ^ h);
}

/* Of n lines from the first on. */
static uint64_t *
hashes(struct arena *a, const struct seed *seed, const struct lines *l,
    size_t first, size_t n)
{
	uint64_t *out = arena_array_of(a, uint64_t, n + 1);
	size_t at = lines_start(l, first);

	for (size_t i = 0; i < n; i++) {
		struct str rest = str_n(l->text.p + at, l->text.len - at);
		size_t end = text_find_end(rest, 0);

		end += end < rest.len;
		out[i] = hash_of(str_n(rest.p, end), seed);
		at += end;
	}
	return out;
}

/* How many lines are the same at the start and at the end. */
struct same {
	size_t head, tail;
};

static size_t
common_head(struct str a, struct str b)
{
	size_t n = 0, max = a.len < b.len ? a.len : b.len;

	while (max - n >= COMPARE_BYTES &&
	    memcmp(a.p + n, b.p + n, COMPARE_BYTES) == 0)
		n += COMPARE_BYTES;
	while (n < max && a.p[n] == b.p[n])
		n++;
	return n;
}

static size_t
common_tail(struct str a, struct str b)
{
	const char *ea = a.p + a.len, *eb = b.p + b.len;
	size_t n = 0, max = a.len < b.len ? a.len : b.len;

	while (max - n >= COMPARE_BYTES && memcmp(ea - n - COMPARE_BYTES,
	    eb - n - COMPARE_BYTES, COMPARE_BYTES) == 0)
		n += COMPARE_BYTES;
	while (n < max && ea[-1 - (ptrdiff_t)n] == eb[-1 - (ptrdiff_t)n])
		n++;
	return n;
}

static struct str
behind(struct str s, size_t n)
{
	return str_n(s.p + n, s.len - n);
}

/* Whole lines only, as far as bytes tell; compare() finds what is left. */
static struct same
same_of(const struct lines *before, const struct lines *after)
{
	struct str a = behind(before->text, before->mark);
	struct str b = behind(after->text, after->mark), rest;
	struct same s = { 0 };
	size_t n = common_head(a, b);

	if (n == a.len && n == b.len)
		return (struct same){ before->n, 0 };
	while (n && a.p[n - 1] != '\n')
		n--;
	if (n)
		s.head = lines_at(before, before->mark + n);
	a = behind(a, n);
	b = behind(b, n);
	n = common_tail(a, b);
	rest = behind(a, a.len - n);
	n = text_find_end(rest, 0);
	if (n < rest.len)
		s.tail = before->n - lines_at(before, before->text.len -
		    rest.len + n + 1);
	return s;
}

/* What differs, as hunks; runs of both sides are walked together.  False when
 * lines with equal hashes are not equal. */
static bool
hunks(struct arena *a, const struct differ *d, const struct lines *before,
    const struct lines *after, struct same same, struct script *out)
{
	size_t i = same.head, j = same.head;
	size_t end = before->n - same.tail, stop = after->n - same.tail;

	while (i < end || j < stop) {
		size_t i0 = i, j0 = j;
		struct hunk h;

		while (i < end && j < stop && !d->gone[i - same.head] &&
		    !d->come[j - same.head])
			i++, j++;
		if (i > i0 && !str_eq(lines_slice(before, i0, i),
		    lines_slice(after, j0, j)))
			return false;
		i0 = i;
		j0 = j;
		while (i < end && d->gone[i - same.head])
			i++;
		while (j < stop && d->come[j - same.head])
			j++;
		if (i == i0 && j == j0)
			continue;
		h = (struct hunk){ lines_start(before, i0),
		    lines_slice(before, i0, i), lines_slice(after, j0, j), 0 };
		script_insert(a, out, out->n, &h);
	}
	return true;
}

/* What lies between the lines that are the same at both ends. */
static bool
between(struct arena *a, const struct lines *before, const struct lines *after,
    struct same same, struct script *out)
{
	size_t na = before->n - same.head - same.tail;
	size_t nb = after->n - same.head - same.tail, all = na + nb;
	struct arena *turn = arena_new();
	struct differ d = { .gone = arena_array_of(turn, bool, na + 1),
	    .come = arena_array_of(turn, bool, nb + 1) };
	struct seed seed;
	bool good;

	random_bytes(&seed, sizeof(seed));
	d.a = hashes(turn, &seed, before, same.head, na);
	d.b = hashes(turn, &seed, after, same.head, nb);
	/* diagonals leave the box by half of its size at most */
	d.forward = arena_array_of(turn, int32_t, all * 4 + 8) + all * 2 + 4;
	d.backward = arena_array_of(turn, int32_t, all * 4 + 8) + all * 2 + 4;
	compare(&d, (struct box){ 0, (int32_t)na, 0, (int32_t)nb });
	good = hunks(a, &d, before, after, same, out);
	arena_free(turn);
	return good;
}

struct script
differ(struct arena *a, const struct lines *before, const struct lines *after)
{
	struct same same = same_of(before, after);
	struct script out = { 0 };
	size_t marks;

	/* the mark is no part of a line */
	if (before->mark != after->mark)
		script_add(a, &out, &(struct hunk){ 0,
		    str_n(before->text.p, before->mark),
		    str_n(after->text.p, after->mark), 0 });
	marks = out.n;
	for (int i = 0; i < TRIES; i++) {
		if (between(a, before, after, same, &out))
			return out;
		out.n = marks;
	}
	/* never yet: correct, if not the shortest */
	script_insert(a, &out, out.n, &(struct hunk){
	    lines_start(before, same.head),
	    lines_slice(before, same.head, before->n - same.tail),
	    lines_slice(after, same.head, after->n - same.tail), 0 });
	return out;
}
