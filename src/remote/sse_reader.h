/* sse_reader.h - read a stream of server-sent events as it comes in.
 *
 * What a browser's EventSource does with the bytes (HTML, "Interpreting an
 * event stream"), in pieces of any size: CR, LF and CRLF end a line, a BOM at
 * the start is passed over, and so are comments and unknown fields.  Bytes that
 * are not UTF-8 are handed on as they are. */
#ifndef REMOTE_SSE_READER_H
#define REMOTE_SSE_READER_H

#include "base/buf.h"

/* Borrowed until the call returns. */
struct sse_event {
	struct str type;	/* "message" when the server named none */
	/* STR_NONE: the block had an id only, which a browser would keep and
	 * say nothing of. */
	struct str data;
	struct str id;		/* the last one that came, maybe long ago */
	bool has_id;		/* it came with this event */
};

/* False: nothing more is wanted. */
typedef bool sse_take(void *to, const struct sse_event *ev);

struct sse_reader {
	sse_take *take;
	void *to;
	struct buf line;	/* the start of one whose end is to come */
	struct buf data, type;
	struct buf id, last_id;	/* of this block; of the last that ended */
	bool has_data, has_id;	/* in this block */
	bool begun;		/* the first line is behind: no BOM here */
	bool after_cr;		/* an LF now belongs to it */
	int64_t retry_ms;	/* -1: the server did not say */
};

/* line and data may have max bytes each. */
void sse_reader_begin(struct sse_reader *r, size_t max, sse_take *take,
    void *to);
void sse_reader_end(struct sse_reader *r);
/* A new connection: what was not whole is gone, id and retry_ms stay. */
void sse_reader_again(struct sse_reader *r);

/* 0; 1 when take() wants no more, and the rest of the bytes was thrown away;
 * -1 with ERR_LIMIT_EXCEEDED for an event that is too large. */
int sse_reader_feed(struct sse_reader *r, struct str bytes, struct err *e);

#endif
