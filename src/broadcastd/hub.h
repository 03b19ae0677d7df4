/* hub.h - the shared log of encoded events.
 *
 * An event is encoded once for each transport.  A subscriber is a position in
 * the log, so one that lags or idles costs nothing here; positions older than
 * the log are served from the table.  seq has no gaps, so seq is the index. */
#ifndef BROADCASTD_HUB_H
#define BROADCASTD_HUB_H

#include "model/event.h"

struct frame {
	struct event ev;	/* for filters; its strings live in the frame */
	struct str ws;		/* a WebSocket text frame */
	struct str sse;		/* an event-stream block */
	unsigned refs;		/* the hub's, and one per half-sent copy */
	size_t bytes;
};

struct hub {
	struct frame **ring;	/* seq modulo cap */
	size_t cap;		/* a power of two */
	int64_t lo, hi;		/* frames lo <= seq < hi are here */
	size_t bytes, max_bytes;
};

void hub_init(struct hub *h, size_t max_bytes);
void hub_free(struct hub *h);
/* Forget everything; the next event will be next_seq. */
void hub_restart(struct hub *h, int64_t next_seq);
/* Append; ev->seq must be h->hi. The oldest fall out past max_bytes. */
void hub_publish(struct hub *h, const struct event *ev, struct str epoch);
/* Valid until the next hub call, longer with frame_hold(). */
struct frame *hub_frame(const struct hub *h, int64_t seq);	/* lo..hi-1 */
void frame_hold(struct frame *f);
void frame_release(struct frame *f);

/* One event in each transport's form, appended. */
void ws_text(struct buf *out, struct str text);
void sse_event(struct buf *out, const struct event *ev, struct str json);

#endif
