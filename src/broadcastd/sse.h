/* sse.h - server-sent events (text/event-stream). */
#ifndef BROADCASTD_SSE_H
#define BROADCASTD_SSE_H

#include "base/buf.h"

/* One event; data is a single line.  id < 0: none. */
void sse_put_event(struct buf *out, int64_t id, const char *type,
    struct str data);
/* Nothing to be seen, but who comes back asks for what is after pos. */
void sse_put_position(struct buf *out, int64_t pos);
/* After how many ms to come back. */
void sse_put_retry(struct buf *out, int ms);
void sse_put_heartbeat(struct buf *out);
/* Opens a stream: 2 KiB of comment, for proxies that wait for so much, and
 * after how many ms to come back. */
void sse_put_preamble(struct buf *out, int retry_ms);

#endif
