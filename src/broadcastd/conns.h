/* conns.h - where connections are: side by side, many in one piece of memory,
 * so that one costs nothing beside itself.  A piece that has become empty is
 * given back.  A connection stays at its address. */
#ifndef BROADCASTD_CONNS_H
#define BROADCASTD_CONNS_H

#include <stddef.h>
#include <stdint.h>

struct conn;
struct conn_piece;

/* {0} is empty. */
struct conns {
	struct conn_piece **pieces;	/* NULL: given back */
	uint32_t n_pieces, room;	/* those before `room` are full */
	size_t n;			/* connections */
};

/* A zeroed one, but for its index; it counts once its state is not
 * CONN_NONE. */
struct conn *conns_take(struct conns *t);
void conns_give(struct conns *t, struct conn *c);
/* The first one from *at on, which moves behind it; NULL after the last.
 * Begin with 0; c may be given back meanwhile. */
struct conn *conns_next(const struct conns *t, uint32_t *at);
void conns_end(struct conns *t);	/* once it is empty */

#endif
