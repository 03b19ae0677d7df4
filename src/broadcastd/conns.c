#include "broadcastd/conns.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "broadcastd/conn.h"

#define PIECE_BYTES KIB(64)	/* from the kernel, and back to it */
#define PIECE_CONNS ((PIECE_BYTES - 16) / sizeof(struct conn))

struct conn_piece {
	struct conn *free;	/* linked by next_dead */
	uint32_t fresh;		/* the first that was never taken */
	uint32_t used;
	struct conn conns[PIECE_CONNS];
};

_Static_assert(sizeof(struct conn_piece) <= PIECE_BYTES, "see PIECE_CONNS");

static struct conn_piece *
piece_new(void)
{
	void *p = mmap(NULL, PIECE_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

/* A piece with room, at t->room. */
static struct conn_piece *
piece_find(struct conns *t)
{
	while (t->room < t->n_pieces && t->pieces[t->room] &&
	    t->pieces[t->room]->used == PIECE_CONNS)
		t->room++;
	if (t->room == t->n_pieces) {
		t->pieces = realloc(t->pieces, (t->n_pieces + 1) *
		    sizeof(*t->pieces));
		if (!t->pieces)
			abort();
		t->pieces[t->n_pieces++] = NULL;
	}
	if (!t->pieces[t->room])
		t->pieces[t->room] = piece_new();
	return t->pieces[t->room];
}

struct conn *
conns_take(struct conns *t)
{
	struct conn_piece *p = piece_find(t);
	struct conn *c = p->free ? p->free : &p->conns[p->fresh++];

	if (c == p->free)
		p->free = c->next_dead;
	*c = (struct conn){ .index = t->room * (uint32_t)PIECE_CONNS +
	    (uint32_t)(c - p->conns) };
	p->used++;
	t->n++;
	return c;
}

void
conns_give(struct conns *t, struct conn *c)
{
	uint32_t which = c->index / (uint32_t)PIECE_CONNS;
	struct conn_piece *p = t->pieces[which];

	c->state = CONN_NONE;
	c->next_dead = p->free;
	p->free = c;
	t->n--;
	if (which < t->room)
		t->room = which;
	if (--p->used == 0) {
		munmap(p, PIECE_BYTES);
		t->pieces[which] = NULL;
	}
}

struct conn *
conns_next(const struct conns *t, uint32_t *at)
{
	const uint32_t each = (uint32_t)PIECE_CONNS;

	while (*at / each < t->n_pieces) {
		struct conn_piece *p = t->pieces[*at / each];

		if (!p || *at % each >= p->fresh) {
			*at = (*at / each + 1) * each;
			continue;
		}
		if (p->conns[(*at)++ % each].state != CONN_NONE)
			return &p->conns[(*at - 1) % each];
	}
	return NULL;
}

void
conns_end(struct conns *t)
{
	free(t->pieces);
	*t = (struct conns){ 0 };
}
