/* conn.h - one connection: handshake, stream, goodbye.
 *
 * What it is to send is its position in the hub, and `out`: the head of the
 * answer, control frames, and what is missing of an event of which a part is
 * sent already.  The memory of one that does not read is thereby bounded by
 * one event.  One that is up to date has nothing but its struct conn, about
 * 100 bytes: all else is in struct conn_work, which comes and goes. */
#ifndef BROADCASTD_CONN_H
#define BROADCASTD_CONN_H

#include "broadcastd/auth.h"
#include "broadcastd/handshake.h"
#include "broadcastd/quota.h"
#include "broadcastd/server.h"
#include "broadcastd/subscription.h"
#include "broadcastd/ws.h"

enum conn_state {
	CONN_NONE,		/* is none */
	CONN_HEAD,		/* reading the request */
	CONN_AUTH,		/* a WebSocket that has to send its token */
	CONN_OPEN,		/* gets events */
	CONN_CLOSING,		/* close frame said, waiting for the other's */
	CONN_LINGER,		/* sends what is left, then waits for the end */
	CONN_DEAD		/* freed at the end of the turn */
};

/* What a connection needs while something is half done. */
struct conn_work {
	struct handshake *head;	/* while CONN_HEAD */
	struct ws *ws;		/* a WebSocket of which something came in */
	struct subscription want;	/* until it is CONN_OPEN */
	struct buf in;		/* came behind the head */
	struct buf out;
	size_t out_at;		/* so much of out is sent */
};

/* Times are monotonic seconds. */
struct conn {
	struct watch watch;	/* first: epoll points to it */
	struct server *server;
	union {
		int64_t pos;	/* the last seq given to it or left out */
		struct conn *next_dead;
	};
	struct conn_work *work;		/* NULL: nothing is half done */
	struct hub_filter *filter;	/* NULL: all */
	struct quota_key *by_token, *by_address;
	struct grant grant;
	uint32_t index;		/* of conns.c */
	uint32_t due_s;		/* OPEN: the next heartbeat; else when this
				 * state has lasted too long, 0: never */
	uint32_t seen_s;	/* the last sign of life */
	uint32_t moved_s;	/* when it last took a byte */
	uint8_t state;		/* enum conn_state */
	uint8_t transport;	/* enum transport */
	uint8_t gone;		/* enum gone: why, so far */
	uint8_t armed;		/* what epoll looks for: EPOLLIN, EPOLLOUT */
	bool counted : 1;	/* in server->n_streams */
	bool full : 1;		/* the peer takes nothing now */
	bool shut : 1;		/* our half is closed */
	bool live : 1;		/* has had all there was, once */
};

/* Takes fd; starts to read the request. */
void conn_new(struct server *s, int fd);
void conn_free(struct conn *c);		/* only from the end of a turn */
/* Where what is half done is kept; made when there was nothing. */
struct conn_work *conn_work(struct conn *c);
void conn_event(struct conn *c, uint32_t events);
void conn_tick(struct conn *c);		/* once a second */

/* Send what can be sent now, and have epoll tell when more can. */
void conn_flush(struct conn *c);
/* End it in an orderly way, and count why.  SSE has no codes; it just ends. */
void conn_close(struct conn *c, enum gone why, enum ws_code code,
    const char *reason);
/* The server ends: come back, each at another time; it is the number i. */
void conn_restart(struct conn *c, size_t i);
/* The database is another one: say so, go on from pos. */
void conn_gap(struct conn *c, int64_t asked, int64_t oldest, int64_t pos);

/* For the parts of it. */
static inline bool
conn_is_ws(const struct conn *c)
{
	return c->transport != TRANSPORT_SSE;
}
struct ws *conn_ws(struct conn *c);	/* made when there was none */
void conn_read_websocket(struct conn *c);
void conn_due(struct conn *c, uint32_t seconds);
void conn_die(struct conn *c, enum gone why);
/* Send what is left, then end. */
void conn_linger(struct conn *c, enum gone why);
void conn_put(struct conn *c, const char *type, struct str json);

#endif
