#include "edit/differ.h"

#define DIFFER_MAX_COST 4096

/* Two lists of lines as numbers: equal lines have equal numbers. */
struct differ {
	const int32_t *a, *b;
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

/* Lines and the numbers they got, found by their hash. */
struct names {
	struct str *line;
	int32_t *number;	/* 0: free */
	size_t mask;
	int32_t given;
};

static uint64_t
hash_of(struct str s)
{
	uint64_t h = s.len * UINT64_C(0x9e3779b97f4a7c15), w;
	size_t i = 0;

	for (; i + sizeof(w) <= s.len; i += sizeof(w)) {
		memcpy(&w, s.p + i, sizeof(w));
		h = (h ^ w) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	for (; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

static int32_t
number_of(struct names *t, struct str line)
{
	size_t i = (size_t)hash_of(line) & t->mask;

	while (t->number[i] && !str_eq(t->line[i], line))
		i = (i + 1) & t->mask;
	if (!t->number[i]) {
		t->line[i] = line;
		t->number[i] = ++t->given;
	}
	return t->number[i];
}

static int32_t *
numbers(struct arena *a, struct names *t, const struct lines *l)
{
	int32_t *out = arena_array_of(a, int32_t, l->n + 1);
	size_t at = l->mark;

	for (size_t i = 0; i < l->n; i++) {
		struct str rest = str_n(l->text.p + at, l->text.len - at);
		size_t end = text_find_end(rest, 0);

		end += end < rest.len;
		out[i] = number_of(t, str_n(rest.p, end));
		at += end;
	}
	return out;
}

/* What differs, as hunks; runs of both sides are walked together. */
static struct script
hunks(struct arena *a, const struct differ *d, const struct lines *before,
    const struct lines *after)
{
	size_t i = 0, j = 0;
	struct script out = { 0 };

	/* the mark is no part of a line */
	if (before->mark != after->mark)
		script_add(a, &out, &(struct hunk){ 0,
		    str_n(before->text.p, before->mark),
		    str_n(after->text.p, after->mark), 0 });
	while (i < before->n || j < after->n) {
		size_t i0 = i, j0 = j;
		struct hunk h;

		while (i < before->n && d->gone[i])
			i++;
		while (j < after->n && d->come[j])
			j++;
		if (i == i0 && j == j0) {
			i++;
			j++;
			continue;
		}
		h = (struct hunk){ lines_start(before, i0),
		    lines_slice(before, i0, i), lines_slice(after, j0, j), 0 };
		script_insert(a, &out, out.n, &h);
	}
	return out;
}

struct script
differ(struct arena *a, const struct lines *before, const struct lines *after)
{
	size_t lines = before->n + after->n, slots = 16;
	struct differ d = { .gone = arena_array_of(a, bool, before->n + 1),
	    .come = arena_array_of(a, bool, after->n + 1) };
	struct names t = { 0 };

	while (slots < lines * 2)
		slots *= 2;
	t.mask = slots - 1;
	t.line = arena_array_of(a, struct str, slots);
	t.number = arena_array_of(a, int32_t, slots);
	d.a = numbers(a, &t, before);
	d.b = numbers(a, &t, after);
	/* diagonals leave the box by half of its size at most */
	d.forward = arena_array_of(a, int32_t, lines * 4 + 8) + lines * 2 + 4;
	d.backward = arena_array_of(a, int32_t, lines * 4 + 8) + lines * 2 + 4;
	compare(&d, (struct box){ 0, (int32_t)before->n, 0,
	    (int32_t)after->n });
	return hunks(a, &d, before, after);
}
