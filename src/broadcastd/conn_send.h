/* conn_send.h - the way out of a connection. */
#ifndef BROADCASTD_CONN_SEND_H
#define BROADCASTD_CONN_SEND_H

#include "broadcastd/conn.h"

enum conn_sent {
	CONN_SENT_SOME,		/* there may be more */
	CONN_SENT_ALL,
	CONN_SENT_FULL,		/* the peer takes no more now */
	CONN_SENT_STUCK,	/* the table cannot be read now */
	CONN_SENT_ERROR
};

/* One step: what is in out, else events of the hub, else rows of the table. */
enum conn_sent conn_send(struct conn *c);
bool conn_has_out(const struct conn *c);

#endif
