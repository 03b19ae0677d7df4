#include "broadcastd/ticket.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define FIRST_ROOM 64

void
ticket_book_begin(struct ticket_book *b, int64_t newest)
{
	ticket_book_end(b);
	b->floor = newest;
}

void
ticket_book_end(struct ticket_book *b)
{
	free(b->used);
	*b = (struct ticket_book){ 0 };
}

/* Where id is, or belongs. */
static size_t
place(const struct ticket_book *b, int64_t id)
{
	size_t lo = 0, hi = b->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->used[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
at(const struct ticket_book *b, size_t i, int64_t id)
{
	return id <= b->floor || (i < b->n && b->used[i].id == id);
}

bool
ticket_book_has(const struct ticket_book *b, int64_t id)
{
	return at(b, place(b, id), id);
}

/* The table will not give them any more, unless the clock is set back: then the
 * floor refuses them.  It also stands for those below, which are as old. */
static void
forget_expired(struct ticket_book *b, int64_t now_ms)
{
	size_t from = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->used[i].expires_ms <= now_ms)
			from = i + 1;
	if (from == 0)
		return;
	b->floor = b->used[from - 1].id;
	b->n -= from;
	memmove(b->used, b->used + from, b->n * sizeof(*b->used));
}

/* Half empty at least: so looking for what has expired stays rare. */
static bool
make_room(struct ticket_book *b, int64_t now_ms)
{
	size_t cap = b->cap ? b->cap * 2 : FIRST_ROOM;

	forget_expired(b, now_ms);
	if (b->n <= b->cap / 2 && b->cap)
		return true;
	if (cap > TICKETS_USED_MAX)
		return b->n < b->cap;
	b->used = realloc(b->used, cap * sizeof(*b->used));
	if (!b->used)
		abort();
	b->cap = cap;
	return true;
}

enum ticket_use
ticket_book_use(struct ticket_book *b, int64_t id, int64_t expires_ms,
    int64_t now_ms)
{
	size_t i = place(b, id);

	if (at(b, i, id))
		return TICKET_SPENT;
	if (b->n == b->cap) {
		if (!make_room(b, now_ms))
			return TICKET_FULL;
		i = place(b, id);
		if (at(b, i, id))
			return TICKET_SPENT;
	}
	memmove(b->used + i + 1, b->used + i,
	    (b->n - i) * sizeof(*b->used));
	b->used[i] = (struct ticket_used){ id, expires_ms };
	b->n++;
	return TICKET_TAKEN;
}
