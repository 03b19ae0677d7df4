/* Filters are kept once for all subscribers who ask the same, and look at each
 * event of the log once. */
#include "broadcastd/hub_private.h"

#include <stdlib.h>

struct hub_filter {
	struct hub_filter *next;	/* of its chain */
	uint32_t hash;
	size_t users;
	struct event_filter f;		/* its texts follow the struct */
	int64_t seen;			/* the log was looked at up to here */
	struct window seqs;		/* int64_t: what it takes */
};

static bool
takes_all(const struct event_filter *f)
{
	struct event_filter all;

	event_filter_all(&all);
	return event_filter_same(f, &all);
}

static struct hub_filter *
filter_new(const struct event_filter *f)
{
	struct hub_filter *made = calloc(1, sizeof(*made) +
	    event_filter_bytes(f));

	if (!made)
		abort();
	made->seqs = WINDOW_INIT(int64_t);
	made->f = event_filter_copy(f, (char *)(made + 1));
	return made;
}

struct hub_filter *
hub_filter(struct hub *h, const struct event_filter *f)
{
	uint32_t hash = event_filter_hash(f);
	struct hub_filter **chain = &h->filters[hash % FILTER_CHAINS], *it;

	if (takes_all(f))
		return NULL;
	for (it = *chain; it && (it->hash != hash || !event_filter_same(&it->f, f));)
		it = it->next;
	if (!it) {
		it = filter_new(f);
		it->hash = hash;
		it->next = *chain;
		*chain = it;
		h->n_filters++;
	}
	it->users++;
	return it;
}

void
hub_filter_drop(struct hub *h, struct hub_filter *f)
{
	struct hub_filter **at;

	if (!f || --f->users > 0)
		return;
	at = &h->filters[f->hash % FILTER_CHAINS];
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	h->n_filters--;
	window_free(&f->seqs);
	free(f);
}

bool
hub_filter_takes(const struct hub_filter *f, const struct event *ev)
{
	return !f || event_filter_takes(&f->f, ev);
}

size_t
hub_filters(const struct hub *h)
{
	return h->n_filters;
}

void
hub_filters_reset(struct hub *h)
{
	for (size_t i = 0; i < FILTER_CHAINS; i++)
		for (struct hub_filter *f = h->filters[i]; f; f = f->next) {
			f->seen = 0;
			window_reset(&f->seqs);
		}
}

static const int64_t *
seq_at(const struct hub_filter *f, size_t i)
{
	return window_at(&f->seqs, i);
}

static void
look_on(struct hub_filter *f, const struct hub *h)
{
	int64_t before = h->head - (int64_t)h->entries.n;

	while (f->seqs.n && *seq_at(f, 0) <= before)	/* forgotten */
		window_drop_first(&f->seqs);
	for (size_t i = hub_entry_after(h, f->seen); i < h->entries.n; i++) {
		const struct event *ev = &hub_entry(h, i)->ev;

		if (event_filter_takes(&f->f, ev))
			*(int64_t *)window_add(&f->seqs) = ev->seq;
	}
	f->seen = h->head;
}

const int64_t *
hub_filter_seqs(struct hub_filter *f, const struct hub *h, int64_t pos,
    size_t *n)
{
	size_t low = 0, high;

	if (f->seen < h->head)
		look_on(f, h);
	high = f->seqs.n;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (*seq_at(f, middle) <= pos)
			low = middle + 1;
		else
			high = middle;
	}
	*n = f->seqs.n - low;
	return *n > 0 ? seq_at(f, low) : NULL;
}
