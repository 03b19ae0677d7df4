/* conn_open.h - from the request to the stream. */
#ifndef BROADCASTD_CONN_OPEN_H
#define BROADCASTD_CONN_OPEN_H

#include "broadcastd/conn.h"

/* More of the request can be read. */
void conn_read_head(struct conn *c);

/* Authenticated: connected frame, then events, as work->want says.  -1: the
 * table is not there. */
int conn_start(struct conn *c, struct err *e);
/* It streams with that token's grant now; ERR_TOO_MANY_STREAMS. */
int conn_grant(struct conn *c, const struct grant *g, struct err *e);

#endif
