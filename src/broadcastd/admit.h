/* admit.h - what to do with a request: refuse it, or which stream it gets. */
#ifndef BROADCASTD_ADMIT_H
#define BROADCASTD_ADMIT_H

#include "broadcastd/auth.h"
#include "broadcastd/handshake.h"
#include "broadcastd/hub.h"
#include "broadcastd/subscription.h"

/* The subprotocol of ours; a second word bearer.<token> carries the token of
 * clients that cannot set headers. */
#define ADMIT_PROTOCOL "patchwarden.v1"

enum route { ROUTE_STREAM, ROUTE_STATUS, ROUTE_METRICS };

struct admission {
	enum route route;
	enum transport transport;
	bool head;			/* HEAD: no stream, only its headers */
	bool preflight;			/* OPTIONS */
	bool protocol;			/* the client offered ours */
	bool deflate;			/* the client offered it */
	bool granted;			/* else the first message has to do it */
	struct grant grant;
	struct stream_ticket ticket;	/* id 0: it was not by a ticket */
	struct str origin;		/* an allowed one, STR_NONE: none sent */
	struct str key;			/* Sec-WebSocket-Key */
	struct subscription subscription;
};

/* h is complete.  db NULL: not available now.  0 with *out, whose subscription
 * is to be ended (the ticket of a request that is let in is used up); or -1, with *out's origin and, for 404 and 405,
 * *allow (a literal, NULL otherwise) for the answer's headers. */
int admit(const struct handshake *h, struct db *db, struct str origins,
    struct arena *a, struct admission *out, const char **allow,
    struct err *e);

#endif
