#include "ledger/sums.h"

#include <stdlib.h>

#define ROOM_FIRST	64

static size_t
place(const struct sum *rows, size_t room, int64_t key)
{
	uint64_t h = (uint64_t)key * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(h ^ h >> 32) & (room - 1);

	while (rows[i].used && rows[i].key != key)
		i = (i + 1) & (room - 1);
	return i;
}

static void
grow(struct sums *s)
{
	size_t room = s->room ? s->room * 2 : ROOM_FIRST;
	struct sum *more = calloc(room, sizeof(*more));

	if (!more)
		abort();
	for (size_t i = 0; i < s->room; i++)
		if (s->rows[i].used)
			more[place(more, room, s->rows[i].key)] = s->rows[i];
	free(s->rows);
	s->rows = more;
	s->room = room;
}

struct sum *
sums_at(struct sums *s, int64_t key)
{
	struct sum *one;

	if (s->n * 2 >= s->room)
		grow(s);
	one = &s->rows[place(s->rows, s->room, key)];
	if (!one->used) {
		*one = (struct sum){ .key = key, .used = true,
		    .first_ms = INT64_MAX, .last_ms = INT64_MIN };
		s->n++;
	}
	return one;
}

const struct sum *
sums_find(const struct sums *s, int64_t key)
{
	const struct sum *one;

	if (!s->room)
		return NULL;
	one = &s->rows[place(s->rows, s->room, key)];
	return one->used ? one : NULL;
}

void
counts_more(struct counts *to, const struct counts *n)
{
	to->ok += n->ok;
	to->failed += n->failed;
	to->reverted += n->reverted;
}

static int
by_key(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

void
sums_list(struct sums *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->room; i++)
		if (s->rows[i].used)
			s->rows[n++] = s->rows[i];
	if (n)
		qsort(s->rows, n, sizeof(*s->rows), by_key);
}

void
sums_free(struct sums *s)
{
	free(s->rows);
	*s = (struct sums){ 0 };
}
