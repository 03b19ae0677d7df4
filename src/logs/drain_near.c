/* drain_near.c - the template that a changed word came from.
 *
 * Drain goes down its tree by the first two words, and by how many there are:
 * a message whose first word was reworded, or that got one word more, is new
 * to it.  Here each template is filed under its words without one of them,
 * for each of them in turn, so that two which differ in one word meet. */
#include "logs/drain_private.h"

enum {
	NEAR_LEAST = 4,		/* words in common, or they just look alike */
	NEAR_MOST = 40
};

static int
constants_of(const struct drain *d, const struct template *t)
{
	int n = 0;

	for (int i = 0; i < t->n; i++)
		n += d->words.of[t->first[i]].constant;
	return n;
}

/* Of all words but the one at skip; -1: of all. */
static uint64_t
key_of(const struct template *t, int skip, bool one_left)
{
	uint64_t h = map_mix(t->scope, one_left ? 2 : 1);

	for (int i = 0; i < t->n; i++)
		if (i != skip)
			h = map_mix(h, t->first[i]);
	return h;
}

void
drain_near_add(struct drain *d, const struct template *t)
{
	int n = constants_of(d, t);

	if (n < NEAR_LEAST || n > NEAR_MOST)
		return;
	map_put(&d->near, key_of(t, -1, false), t->index);
	for (int i = 0; n > NEAR_LEAST && i < t->n; i++)
		if (d->words.of[t->first[i]].constant)
			map_put(&d->near, key_of(t, i, true), t->index);
}

/* Do they differ in one word only, and does that word not tell? */
static bool
is_reworded(const struct drain *d, const struct template *a,
    const struct template *b)
{
	const struct word *of = d->words.of;
	int front = 0, back = 0, most = a->n > b->n ? a->n : b->n;
	const struct word *x, *y;

	while (front < a->n && front < b->n &&
	    a->first[front] == b->first[front])
		front++;
	while (back < a->n - front && back < b->n - front &&
	    a->first[a->n - 1 - back] == b->first[b->n - 1 - back])
		back++;
	if (front + back < most - 1)
		return false;
	x = a->n - back > front ? &of[a->first[front]] : NULL;
	y = b->n - back > front ? &of[b->first[front]] : NULL;
	if (x && y)
		return x->constant && y->constant &&
		    !(x->telling && y->telling);
	x = x ? x : y;
	return x && x->plain && !x->negation;
}

static struct template *
try_key(struct drain *d, const struct template *t, uint64_t key)
{
	uint32_t index = map_get(&d->near, key);
	struct template *other = index ? d->templates[index] : NULL;

	if (!other || other == t || other->scope != t->scope ||
	    other->row.frozen || !is_reworded(d, other, t))
		return NULL;
	other = drain_eldest(d, other);
	return other->row.frozen ? NULL : other;
}

struct template *
drain_near_find(struct drain *d, const struct template *t)
{
	int n = constants_of(d, t);
	struct template *found = NULL;

	if (n < NEAR_LEAST || n > NEAR_MOST)
		return NULL;
	found = try_key(d, t, key_of(t, -1, true));	/* one word less */
	for (int i = 0; !found && n > NEAR_LEAST && i < t->n; i++) {
		if (!d->words.of[t->first[i]].constant)
			continue;
		found = try_key(d, t, key_of(t, i, true));
		if (!found)			/* one word more */
			found = try_key(d, t, key_of(t, i, false));
	}
	return found;
}
