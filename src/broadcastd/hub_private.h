/* hub_private.h - what hub.c and hub_filter.c share. */
#ifndef BROADCASTD_HUB_PRIVATE_H
#define BROADCASTD_HUB_PRIVATE_H

#include "base/window.h"
#include "broadcastd/hub.h"
#include "broadcastd/ws_deflate.h"

#define FILTER_CHAINS 1024

struct entry {
	struct event ev;	/* what filters ask for; texts are in text */
	char *text;
	size_t at[TRANSPORT__MAX];	/* from the start of the log's bytes */
	size_t len[TRANSPORT__MAX];
};

/* Bytes [start, end) are in use. */
struct log {
	char *p;
	size_t start, end, cap;
};

struct hub {
	size_t log_bytes;
	int64_t head;
	struct window entries;		/* by seq; the last is head */
	struct log log[TRANSPORT__MAX];
	size_t users[TRANSPORT__MAX];
	int64_t from[TRANSPORT__MAX];	/* encoded for it: what is after */
	struct ws_deflate *deflate;
	struct buf json, frame;		/* working space */
	struct hub_filter *filters[FILTER_CHAINS];
	size_t n_filters;
};

static inline struct entry *
hub_entry(const struct hub *h, size_t i)
{
	return window_at(&h->entries, i);
}

/* The first entry after pos; how many there are when there is none. */
static inline size_t
hub_entry_after(const struct hub *h, int64_t pos)
{
	size_t n = h->entries.n;
	int64_t before = h->head - (int64_t)n;

	return pos >= h->head ? n : pos > before ? (size_t)(pos - before) : 0;
}

/* Which entries a filter takes, in hub_filter.c: the seqs after pos, ascending;
 * valid until the next event. */
const int64_t *hub_filter_seqs(struct hub_filter *f, const struct hub *h,
    int64_t pos, size_t *n);
/* All that was found is void. */
void hub_filters_reset(struct hub *h);

#endif
