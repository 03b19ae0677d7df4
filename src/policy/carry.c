#include "policy/carry.h"

struct stretch
stretch_of(const struct lines *l, int64_t start, int64_t end)
{
	size_t first = (size_t)start - 1, last = (size_t)end;

	if (first > l->n)
		return (struct stretch){ 0, 0, true };
	if (last > l->n)
		last = l->n;
	return (struct stretch){ lines_start(l, first),
	    lines_start(l, last > first ? last : first), false };
}

/* The first line that begins at byte `at` or behind it; n when none does. */
static size_t
line_from(const struct lines *l, size_t at)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (lines_start(l, mid) < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
stretch_lines(const struct lines *l, struct stretch x, struct line_span *out)
{
	size_t from = line_from(l, x.from), to = line_from(l, x.to);

	if (x.lost || lines_start(l, from) < x.from)
		return false;
	if (lines_start(l, to) > x.to) {	/* it ends within a line */
		if (to == from)
			return false;
		to--;
	}
	*out = (struct line_span){ from, to };
	return true;
}

void
stretch_carry(struct stretch *x, const struct script *through)
{
	struct stretch now = *x;
	int64_t shift = 0;	/* of what is behind the hunks so far */

	for (size_t i = 0; i < through->n && !now.lost; i++) {
		const struct hunk *h = &through->h[i];
		size_t end = h->from + h->gone.len;
		int64_t grows = (int64_t)h->come.len - (int64_t)h->gone.len;
		bool point = h->gone.len == 0;

		if (h->from > x->to || (h->from == x->to && !point))
			break;
		if (end < x->from || (end == x->from && !point)) {
			now.from = (size_t)((int64_t)now.from + grows);
			now.to = (size_t)((int64_t)now.to + grows);
		} else if (h->from >= x->from && end <= x->to) {
			now.to = (size_t)((int64_t)now.to + grows);
		} else if (h->from <= x->from && end >= x->to) {
			now.lost = true;
		} else if (h->from < x->from) {
			now.from = (size_t)((int64_t)h->from + shift) +
			    h->come.len;
			now.to = (size_t)((int64_t)now.to + grows);
		} else {
			now.to = (size_t)((int64_t)h->from + shift);
		}
		shift += grows;
	}
	*x = now;
}
