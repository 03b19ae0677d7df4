/* handshake.h - read the head of a request (at most HANDSHAKE_BYTES) and say
 * what kind of subscriber it makes.  No sockets in here. */
#ifndef BROADCASTD_HANDSHAKE_H
#define BROADCASTD_HANDSHAKE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/event.h"

enum transport { TRANSPORT_WS, TRANSPORT_SSE };
enum since { SINCE_NOW, SINCE_EARLIEST, SINCE_SEQ };

struct handshake {
	enum transport transport;
	struct str key;			/* Sec-WebSocket-Key */
	bool subprotocol;		/* patchwarden.v1 was offered */
	struct str token;		/* STR_NONE: none */
	struct event_filter filter;	/* strings in the arena */
	bool filtered;
	enum since since;
	int64_t since_seq;
	struct str epoch;		/* STR_NONE: the client told none */
};

/* 1: complete and good; 0: more bytes are needed; -1 with e: answer with that
 * problem and close.  origins: the configured allow-list. */
int handshake_read(struct str bytes, struct str origins, struct arena *a,
    struct handshake *out, struct err *e);
/* Sec-WebSocket-Accept for that key, from the arena. */
struct str handshake_accept(struct arena *a, struct str key);
/* A whole answer: head and problem document. */
void handshake_refuse(struct buf *out, const struct err *e);
/* One parameter of the subscription; ERR_BAD_QUERY. */
int handshake_param(struct handshake *h, struct str name, struct str value,
    struct err *e);

#endif
