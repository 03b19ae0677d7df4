/* hub.h - give one event to many subscribers.
 *
 * Each event is encoded once for each transport into a log of bytes that all
 * subscribers share; a subscriber is a position (the last seq it was given, or
 * that its filter left out).  The log forgets its oldest events beyond
 * log_bytes: who is behind them reads the table instead.  So a slow reader
 * costs nobody any memory. */
#ifndef BROADCASTD_HUB_H
#define BROADCASTD_HUB_H

#include <sys/uio.h>

#include "model/event.h"

enum transport {
	TRANSPORT_WS,
	TRANSPORT_WS_DEFLATE,	/* encoded only while somebody wants it */
	TRANSPORT_SSE,
	TRANSPORT__MAX
};

struct hub;
struct hub *hub_new(size_t log_bytes);		/* never NULL */
void hub_free(struct hub *h);
/* A subscriber of that transport comes, or goes. */
void hub_join(struct hub *h, enum transport t);
void hub_leave(struct hub *h, enum transport t);
/* Forget all; the next event to come is head + 1. */
void hub_reset(struct hub *h, int64_t head);
/* Append ev, which is borrowed; a hole in seq makes it forget what was. */
void hub_publish(struct hub *h, const struct event *ev, struct str epoch);

int64_t hub_head(const struct hub *h);	/* the last one published */
/* Is everything after pos still here, for that transport? */
bool hub_reaches(const struct hub *h, enum transport t, int64_t pos);
/* One event as that transport sends it, appended to out. */
void hub_encode(struct hub *h, struct buf *out, enum transport t,
    const struct event *ev, struct str epoch);

/* What subscribers with the same wishes share: which events of the log they
 * get is found out once for all of them. */
struct hub_filter;
/* The one for f, which is copied; NULL when f takes everything.  To be given
 * back, once for each time. */
struct hub_filter *hub_filter(struct hub *h, const struct event_filter *f);
void hub_filter_drop(struct hub *h, struct hub_filter *f); /* NULL is fine */
/* For what is not in the log. */
bool hub_filter_takes(const struct hub_filter *f, const struct event *ev);
size_t hub_filters(const struct hub *h);	/* how many different ones */

#define HUB_SPANS 64
struct hub_view {
	struct iovec iov[HUB_SPANS];
	int n;
	size_t bytes;
	int64_t upto;		/* the position once all is sent */
};
/* What a subscriber at pos is to get next, about max_bytes of it; valid until
 * the next event.  n is 0 when nothing after pos matches.  Without a filter it
 * is one span. */
void hub_view(const struct hub *h, enum transport t, int64_t pos,
    struct hub_filter *f, size_t max_bytes, struct hub_view *out);
/* The first `sent` bytes (more than 0) of such a view went out: the position of
 * the event they end in; *rest is what is missing of that event, "" when it is
 * whole. */
int64_t hub_sent(const struct hub *h, enum transport t, int64_t pos,
    struct hub_filter *f, size_t sent, struct str *rest);

#endif
