#include "ledger/order_terms.h"

#define ROOM_FIRST 256

static size_t
place(const struct order_terms *t, int64_t id)
{
	size_t i = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 32) &
	    (t->room - 1);

	while (t->rows[i].id && t->rows[i].id != id)
		i = (i + 1) & (t->room - 1);
	return i;
}

static void
grow(struct order_terms *t)
{
	struct order_terms old = *t;

	t->room = t->room ? t->room * 2 : ROOM_FIRST;
	t->rows = arena_array(t->a, t->room, sizeof(*t->rows));
	for (size_t i = 0; i < old.room; i++)
		if (old.rows[i].id)
			t->rows[place(t, old.rows[i].id)] = old.rows[i];
}

int
order_term(struct order_terms *t, int64_t id, struct str *out, struct err *e)
{
	size_t i;

	*out = STR_NONE;
	if (id == 0)
		return 0;
	if (t->n * 2 >= t->room)
		grow(t);
	i = place(t, id);
	if (!t->rows[i].id) {
		if (term_text(t->db, t->a, id, &t->rows[i].text, e) < 0)
			return -1;
		t->rows[i].id = id;
		t->n++;
	}
	*out = t->rows[i].text;
	return 0;
}
