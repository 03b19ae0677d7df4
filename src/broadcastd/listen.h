/* listen.h - the sockets that subscribers come to. */
#ifndef BROADCASTD_LISTEN_H
#define BROADCASTD_LISTEN_H

#include "broadcastd/server.h"

/* A Unix socket (0660), taking the place of one that nobody listens on any
 * more.  ERR_IO, ERR_CONFIG. */
int listen_unix(struct listener *l, const char *path, struct err *e);
/* ADDRESS:PORT, [v6]:PORT; port 0: any. */
int listen_tcp(struct listener *l, struct str where, struct err *e);
/* Close, and remove the socket unless another one is in its place. */
void listen_end(struct listener *l);
/* The next connection, non-blocking; -1 with errno. */
int listen_accept(const struct listener *l);

#endif
