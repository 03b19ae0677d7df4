#include "ledger/top.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST	1024

static struct top_row *
place(struct top_row *rows, size_t room, int64_t key)
{
	/* keys are terms, which come in their order: so do their places */
	size_t i = (size_t)key & (room - 1);

	while (rows[i].n && rows[i].key != key)
		i = (i + 1) & (room - 1);
	return &rows[i];
}

static void
grow(struct top *t)
{
	size_t room = t->room ? t->room * 2 : ROOM_FIRST;
	struct top_row *more = calloc(room, sizeof(*more));

	if (!more)
		abort();
	for (size_t i = 0; i < t->room; i++)
		if (t->rows[i].n)
			*place(more, room, t->rows[i].key) = t->rows[i];
	free(t->rows);
	t->rows = more;
	t->room = room;
}

void
top_add(struct top *t, int64_t key, int64_t n)
{
	struct top_row *r;

	if (t->used * 2 >= t->room)
		grow(t);
	r = place(t->rows, t->room, key);
	t->used += r->n == 0;
	r->key = key;
	r->n += n;
}

static bool
before(const struct top_row *a, const struct top_row *b)
{
	return a->n > b->n || (a->n == b->n && a->key < b->key);
}

size_t
top_best(const struct top *t, struct top_row *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < t->room; i++) {
		struct top_row r = t->rows[i];
		size_t k = n;

		if (r.n == 0 || (n == max && !before(&r, &out[max - 1])))
			continue;
		while (k > 0 && before(&r, &out[k - 1]))
			k--;
		n += n < max;
		memmove(&out[k + 1], &out[k], (n - 1 - k) * sizeof(*out));
		out[k] = r;
	}
	return n;
}

bool
top_has(const struct top *t, int64_t key)
{
	return t->room && place(t->rows, t->room, key)->n;
}

int64_t
top_from(const struct top *t, int64_t n, struct top *out)
{
	int64_t last = 0;

	for (size_t i = 0; i < t->room; i++) {
		const struct top_row *r = &t->rows[i];

		if (r->n == 0 || r->n < n)
			continue;
		top_add(out, r->key, r->n);
		last = r->key > last ? r->key : last;
	}
	return last;
}

void
top_free(struct top *t)
{
	free(t->rows);
	*t = (struct top){ 0 };
}
