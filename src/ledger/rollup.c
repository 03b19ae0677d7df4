#include "ledger/rollup.h"

#include <stdlib.h>

#include "model/latency.h"

#define ROOM_FIRST	64

const int64_t grain_ms[GRAIN__MAX] = {
	[GRAIN_QUARTER] = 900000,
	[GRAIN_DAY] = 86400000,
	[GRAIN_SPAN] = INT64_C(32) * 86400000,
};

/* Facets by requester and workspace have as many cells in a quarter of an hour
 * as there are patches: the rows themselves are as good. */
static const uint8_t grains[FACET__MAX] = {
#define Q (1 << GRAIN_QUARTER)
#define D (1 << GRAIN_DAY)
#define S (1 << GRAIN_SPAN)
	[FACET_TOTAL] = Q | D | S,
	[FACET_TOTAL_BY] = Q | D | S,
	[FACET_MIX] = Q | D | S,
	[FACET_MIX_BY] = D | S,
	[FACET_LATENCY] = Q | D | S,
	[FACET_LATENCY_BY] = D | S,
	[FACET_ERROR] = Q | D | S,
	[FACET_ERROR_BY] = D | S,
#undef Q
#undef D
#undef S
};

bool
facet_has(enum facet f, enum grain g)
{
	return grains[f] >> g & 1;
}

int64_t
grain_bucket(int64_t ms, enum grain g)
{
	return ms / grain_ms[g] - (ms % grain_ms[g] < 0);
}

static size_t
key_hash(const int64_t *key)
{
	uint64_t h = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < 7; i++) {
		h = (h ^ (uint64_t)key[i]) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return (size_t)h;
}

static struct cell *
cell_place(struct cell *cells, size_t room, const int64_t *key)
{
	size_t i = key_hash(key) & (room - 1);

	while (cells[i].used && memcmp(cells[i].key, key,
	    sizeof(cells[i].key)) != 0)
		i = (i + 1) & (room - 1);
	return &cells[i];
}

static void
cells_grow(struct tally *t)
{
	size_t room = t->room ? t->room * 2 : ROOM_FIRST;
	struct cell *more = calloc(room, sizeof(*more));

	if (!more)
		abort();
	for (size_t i = 0; i < t->room; i++)
		if (t->cells[i].used)
			*cell_place(more, room, t->cells[i].key) = t->cells[i];
	free(t->cells);
	t->cells = more;
	t->room = room;
}

void
counts_add(struct counts *n, int64_t kind, int sign)
{
	n->ok += kind == OUTCOME_OK ? sign : 0;
	n->failed += kind == OUTCOME_FAILED ? sign : 0;
	n->reverted += kind == OUTCOME_REVERTED ? sign : 0;
}

static void
cell_add(struct tally *t, const int64_t key[7], int64_t kind, int sign)
{
	struct cell *c;

	if (t->n_cells * 2 >= t->room)
		cells_grow(t);
	c = cell_place(t->cells, t->room, key);
	if (!c->used) {
		memcpy(c->key, key, sizeof(c->key));
		c->used = true;
		t->n_cells++;
	}
	counts_add(&c->n, kind, sign);
}

/* In each grain of the facet; and in the one that is told apart (facet + 1). */
static void
facet_add(struct tally *t, enum facet f, const struct outcome *o, int64_t k1,
    int64_t k2, int sign)
{
	for (enum grain g = 0; g < GRAIN__MAX; g++) {
		int64_t bucket = grain_bucket(o->created_ms, g);

		if (facet_has(f, g))
			cell_add(t, (int64_t[7]){ f, g, bucket, 0, 0, k1, k2 },
			    o->kind, sign);
		if (!facet_has(f + 1, g))
			continue;
		if (f == FACET_TOTAL)
			cell_add(t, (int64_t[7]){ f + 1, g, bucket, 0, 0,
			    o->requester, o->workspace }, o->kind, sign);
		else
			cell_add(t, (int64_t[7]){ f + 1, g, bucket,
			    o->requester, o->workspace, k1, k2 }, o->kind,
			    sign);
	}
}

/* work_cell has the same cells, with facet 0 and the term in k1. */
static void
work_add(struct tally *t, int64_t term, int64_t field,
    const struct outcome *o, int sign)
{
	struct work *w;

	if (term == 0)
		return;
	for (enum grain g = GRAIN_QUARTER; g <= GRAIN_DAY; g++)
		cell_add(t, (int64_t[7]){ 0, g, grain_bucket(o->created_ms, g),
		    0, 0, term, 0 }, o->kind, sign);
	w = tally_work(t, term, field, o->id);
	counts_add(&w->n, o->kind, sign);
	if (sign < 0 || o->kind == OUTCOME_REVERTED)
		return;
	if (!w->timed || o->created_ms < w->first_ms)
		w->first_ms = o->created_ms;
	if (!w->timed || o->created_ms > w->last_ms)
		w->last_ms = o->created_ms;
	w->timed = true;
}

bool
facet_takes(enum facet f, const struct outcome *o, int64_t *k1, int64_t *k2)
{
	*k1 = *k2 = 0;
	switch (f) {
	case FACET_TOTAL:
		return true;
	case FACET_TOTAL_BY:
		*k1 = o->requester;
		*k2 = o->workspace;
		return true;
	case FACET_MIX:
	case FACET_MIX_BY:
		*k1 = o->op;
		*k2 = o->phase;
		return o->kind != OUTCOME_REVERTED;
	case FACET_LATENCY:
	case FACET_LATENCY_BY:
		*k1 = latency_bucket(o->duration_ms);
		return o->kind == OUTCOME_OK && o->duration_ms >= 0;
	case FACET_ERROR:
	case FACET_ERROR_BY:
		*k1 = o->error;
		return o->kind == OUTCOME_FAILED && o->error;
	case FACET__MAX:
		break;
	}
	return false;
}

void
tally_outcome(struct tally *t, const struct outcome *o, int sign)
{
	int64_t k1, k2;

	t->less |= sign < 0;
	for (enum facet f = FACET_TOTAL; f < FACET__MAX; f += 2)
		if (facet_takes(f, o, &k1, &k2))
			facet_add(t, f, o, k1, k2, sign);
	work_add(t, o->order, TERM_ORDER, o, sign);
	work_add(t, o->task, TERM_TASK, o, sign);
}

static struct work *
work_place(struct work *rows, size_t room, int64_t term)
{
	uint64_t h = (uint64_t)term * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(h >> 32) & (room - 1);

	while (rows[i].term && rows[i].term != term)
		i = (i + 1) & (room - 1);
	return &rows[i];
}

static void
work_grow(struct tally *t)
{
	size_t room = t->work_room ? t->work_room * 2 : ROOM_FIRST;
	struct work *more = calloc(room, sizeof(*more));

	if (!more)
		abort();
	for (size_t i = 0; i < t->work_room; i++)
		if (t->work[i].term)
			*work_place(more, room, t->work[i].term) = t->work[i];
	free(t->work);
	t->work = more;
	t->work_room = room;
}

struct work *
tally_work(struct tally *t, int64_t term, int64_t field, int64_t seq)
{
	struct work *w;

	if (t->n_work * 2 >= t->work_room)
		work_grow(t);
	w = work_place(t->work, t->work_room, term);
	if (!w->term) {
		*w = (struct work){ .term = term, .field = field };
		t->n_work++;
	}
	if (seq > w->last_id)
		w->last_id = seq;
	return w;
}

void
tally_row(struct tally *t, int64_t ms, int64_t id)
{
	int64_t day = grain_bucket(ms, GRAIN_DAY);
	size_t i = t->n_days;

	while (i > 0 && t->days[i - 1].day != day)
		i--;
	if (i > 0) {
		t->days[i - 1].last_id = id;
		return;
	}
	if (t->n_days == t->days_room) {
		t->days_room = t->days_room ? t->days_room * 2 : 4;
		t->days = realloc(t->days, t->days_room * sizeof(*t->days));
		if (!t->days)
			abort();
	}
	t->days[t->n_days++] = (struct day){ day, id, id };
}

void
tally_clear(struct tally *t)
{
	if (t->n_cells)
		memset(t->cells, 0, t->room * sizeof(*t->cells));
	if (t->n_work)
		memset(t->work, 0, t->work_room * sizeof(*t->work));
	t->n_cells = t->n_work = t->n_days = 0;
	t->less = false;
}

void
tally_free(struct tally *t)
{
	free(t->cells);
	free(t->work);
	free(t->days);
	*t = (struct tally){ 0 };
}
