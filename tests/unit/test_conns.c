/* Connections that come and go, in any order. */
#include "broadcastd/conn.h"
#include "tap.h"

#define MANY 5000

static bool
walk_has(const struct conns *t, size_t want)
{
	struct conn *c;
	size_t n = 0;

	for (uint32_t at = 0; (c = conns_next(t, &at));)
		n += c->state == CONN_OPEN;
	return n == want && t->n == want;
}

static void
take(struct conns *t, struct conn **all, int i)
{
	all[i] = conns_take(t);
	all[i]->state = CONN_OPEN;
	all[i]->pos = i;
}

static bool
all_kept(struct conn **all, int from, int step)
{
	bool good = true;

	for (int i = from; i < MANY; i += step)
		good &= all[i]->pos == i;
	return good;
}

int
main(void)
{
	static struct conn *all[MANY];
	struct conns t = { 0 };
	uint32_t at = 0, most = 0;
	bool clean = true;

	ok(walk_has(&t, 0), "nobody is there");
	for (int i = 0; i < MANY; i++)
		take(&t, all, i);
	ok(walk_has(&t, MANY) && all_kept(all, 0, 1), "each has its place");
	for (int i = 0; i < MANY; i += 2)
		conns_give(&t, all[i]);
	ok(walk_has(&t, MANY / 2) && all_kept(all, 1, 2),
	    "those who stay are not moved");
	for (int i = 0; i < MANY; i += 2) {
		all[i] = conns_take(&t);
		clean &= all[i]->state == CONN_NONE && all[i]->pos == 0 &&
		    !all[i]->work && !all[i]->filter;
		all[i]->state = CONN_OPEN;
		most = all[i]->index > most ? all[i]->index : most;
	}
	ok(clean, "who comes into a free place finds it empty");
	ok(most < MANY, "free places are taken before new ones");
	for (struct conn *c; (c = conns_next(&t, &at));)
		conns_give(&t, c);
	ok(walk_has(&t, 0), "all can go during a walk");
	ok(!t.pieces[0] && !t.pieces[t.n_pieces - 1],
	    "the memory is given back");
	take(&t, all, 0);
	ok(walk_has(&t, 1) && all[0]->index == 0, "and taken again");
	conns_give(&t, all[0]);
	conns_end(&t);
	return done_testing();
}
