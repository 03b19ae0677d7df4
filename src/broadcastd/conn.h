/* conn.h - one connection: handshake, stream, goodbye.
 *
 * What it is to send is its position in the hub, and `out`: the head of the
 * answer, control frames, and what is missing of an event of which a part is
 * sent already.  The memory of one that does not read is thereby bounded by
 * one event. */
#ifndef BROADCASTD_CONN_H
#define BROADCASTD_CONN_H

#include "broadcastd/auth.h"
#include "broadcastd/handshake.h"
#include "broadcastd/server.h"
#include "broadcastd/subscription.h"
#include "broadcastd/ws.h"

enum conn_state {
	CONN_HEAD,		/* reading the request */
	CONN_AUTH,		/* a WebSocket that has to send its token */
	CONN_OPEN,		/* gets events */
	CONN_CLOSING,		/* close frame said, waiting for the other's */
	CONN_LINGER,		/* sends what is left, then waits for the end */
	CONN_DEAD		/* freed at the end of the turn */
};

struct conn {
	struct watch watch;	/* first: epoll points to it */
	struct server *server;
	size_t index;		/* in server->conns */
	struct conn *next_dead;
	enum conn_state state;
	enum transport transport;
	uint32_t armed;		/* what epoll looks for */
	bool counted;		/* in server->n_streams */
	bool full;		/* the peer takes nothing now */
	bool shut;		/* our half is closed */
	struct handshake *head;	/* while CONN_HEAD */
	struct ws *ws;		/* once it is a WebSocket */
	struct buf in;		/* came behind the head */
	struct buf out;
	size_t out_at;		/* so much of out is sent */
	int64_t pos;		/* the last seq given to it or left out */
	struct subscription want;
	struct grant grant;
	/* monotonic ms */
	int64_t deadline_ms;	/* of this state; 0: none */
	int64_t beat_ms;	/* the next heartbeat */
	int64_t seen_ms;	/* the last sign of life */
	int64_t moved_ms;	/* when it last took a byte */
};

/* Takes fd; starts to read the request. */
void conn_new(struct server *s, int fd);
void conn_free(struct conn *c);		/* only from the end of a turn */
void conn_event(struct conn *c, uint32_t events);
void conn_tick(struct conn *c);		/* once a second */

/* Send what can be sent now, and have epoll tell when more can. */
void conn_flush(struct conn *c);
/* End it in an orderly way.  SSE has no codes; it just ends. */
void conn_close(struct conn *c, enum ws_code code, const char *reason);
/* The database is another one: say so, go on from pos. */
void conn_gap(struct conn *c, int64_t asked, int64_t oldest, int64_t pos);

/* For client messages (message.h). */
void conn_put(struct conn *c, const char *type, struct str json);
/* Authenticated: connected frame, then events. -1: the table is not there. */
int conn_start(struct conn *c, struct err *e);

#endif
