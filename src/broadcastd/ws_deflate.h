/* ws_deflate.h - permessage-deflate (RFC 7692) without context takeover, so that
 * one compressed frame is right for every subscriber. */
#ifndef BROADCASTD_WS_DEFLATE_H
#define BROADCASTD_WS_DEFLATE_H

#include "base/buf.h"

/* What is answered to an offer that is taken. */
#define WS_DEFLATE_ANSWER "permessage-deflate; server_no_context_takeover; " \
	"client_no_context_takeover"

/* One offer, "permessage-deflate; parameters": can it be taken?  Not when it is
 * malformed, or wants the server's window smaller. */
bool ws_deflate_offer(struct str offer);

struct ws_deflate;
struct ws_deflate *ws_deflate_new(void);	/* never NULL */
void ws_deflate_free(struct ws_deflate *d);	/* NULL is fine */
/* One text frame; a short text is sent as it is. */
void ws_deflate_put(struct ws_deflate *d, struct buf *out, struct str text);

enum ws_inflated { WS_INFLATED, WS_INFLATE_LONG, WS_INFLATE_BROKEN };
/* The text of a compressed message, appended to out, whose max is the most. */
enum ws_inflated ws_inflate(struct str message, struct buf *out);

#endif
