/* ws.h - WebSocket (RFC 6455): frames out, messages in.
 *
 * Frames to clients are encoded here, once for all of them.  What clients send
 * is taken apart by wslay: fragments, masks, UTF-8, ping and pong, closing. */
#ifndef BROADCASTD_WS_H
#define BROADCASTD_WS_H

#include "base/arena.h"
#include "base/buf.h"

enum ws_code {
	WS_GOING_AWAY = 1001, WS_PROTOCOL = 1002, WS_UNSUPPORTED = 1003,
	WS_NOT_UTF8 = 1007,
	WS_POLICY = 1008, WS_TOO_LONG = 1009, WS_INTERNAL = 1011, WS_RESTART = 1012,
	WS_UNAUTHORIZED = 4401,
	WS_LAGGING = 4408
};

/* The longest head of a frame from the server. */
#define WS_HEAD_BYTES 10

/* One text frame, not fragmented. */
void ws_put_text(struct buf *out, struct str text);
/* One that ws_deflate.h made, of a text. */
void ws_put_compressed(struct buf *out, struct str data);
void ws_put_ping(struct buf *out);

/* Sec-WebSocket-Accept for that Sec-WebSocket-Key, from the arena. */
struct str ws_accept(struct arena *a, struct str key);
/* 16 bytes in base64? */
bool ws_key_valid(struct str key);

/* What a connection does for its receiver. */
struct ws_calls {
	/* Up to max bytes into p; 0 when there are none now, -1 at the end. */
	int64_t (*read)(void *ctx, void *p, size_t max);
	void (*text)(void *ctx, struct str message);
	void (*binary)(void *ctx, struct str message);	/* NULL: 1003 */
	void (*pong)(void *ctx);
	size_t max_bytes;	/* of a message; 1009 above */
};

struct ws;
/* deflate: permessage-deflate was agreed on. */
struct ws *ws_new(const struct ws_calls *calls, void *ctx, bool deflate);
void ws_free(struct ws *w);		/* NULL is fine */
/* Take in what there is; answers (pong, close) go to out.  False when the
 * connection is broken and nothing more can be said on it. */
bool ws_receive(struct ws *w, struct buf *out);
/* Say goodbye; only the first time counts.  reason <= 123 bytes. */
void ws_close(struct ws *w, enum ws_code code, const char *reason,
    struct buf *out);
/* Nothing is half received: it can be freed and made anew for what comes. */
bool ws_idle(const struct ws *w);
bool ws_closing(const struct ws *w);	/* a close frame is in out */
/* Was it the client that broke the rules? */
bool ws_failed(const struct ws *w);
bool ws_closed(const struct ws *w);	/* both sides have said it */

#endif
