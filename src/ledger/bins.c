#include "ledger/bins.h"

int
bins_make(struct arena *a, const struct stat_query *q, enum zone_unit unit,
    struct bins *out, struct err *e)
{
	size_t room = 16;

	*out = (struct bins){ .unit = unit };
	if (bins_zone(a, q, &out->zone, e) != 0)
		return -1;
	out->bounds = arena_array_of(a, int64_t, room);
	out->bounds[0] = q->from_ms;
	while (out->bounds[out->n] < q->to_ms) {
		int64_t next = zone_next_ms(out->zone, unit,
		    out->bounds[out->n]);

		if (out->n + 2 > room) {
			int64_t *more = arena_array_of(a, int64_t, room * 2);

			memcpy(more, out->bounds, room * sizeof(*more));
			out->bounds = more;
			room *= 2;
		}
		out->bounds[++out->n] = next < q->to_ms ? next : q->to_ms;
	}
	return 0;
}

int
bins_zone(struct arena *a, const struct stat_query *q,
    const struct zone **out, struct err *e)
{
	return zone_open(q->tz, a, out, e) == 0 ? 0 : err_at(e, "?tz");
}

size_t
bins_find(const struct bins *b, int64_t ms)
{
	size_t low = 0, high = b->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (b->bounds[middle] <= ms)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct str
bins_label(const struct bins *b, struct arena *a, size_t i)
{
	char text[ZONE_TEXT_BYTES];

	return arena_str(a, zone_text(b->zone, b->unit, b->bounds[i], text));
}
