/* auth.h - who may read the stream, and for how long. */
#ifndef BROADCASTD_AUTH_H
#define BROADCASTD_AUTH_H

#include "store/db.h"
#include "store/stream_ticket.h"

#define GRANT_ID_BYTES 8

/* What remains of a token once it was accepted; its text is never kept. */
struct grant {
	char id[GRANT_ID_BYTES];
	int64_t expires_ms;	/* wall clock; -1: never */
};

/* ERR_UNAUTHORIZED, ERR_SCOPE_MISSING, or what the database says. */
int auth_check(struct db *db, struct arena *a, struct str token,
    struct grant *out, struct err *e);
/* Is it still there?  1, or 0 when it was revoked, removed or lost the
 * scope; -1 when the database does not say. */
int auth_again(struct db *db, struct arena *a, const struct grant *g,
    struct err *e);

/* Tickets stand for a token, once.  Which were used is remembered by the
 * process, for all of its listeners; not for several threads. */

/* A database was opened, the first one or another: tickets made up to now are
 * not taken, for nobody knows which of them were used. */
int auth_begin(struct db *db, struct err *e);
/* Like auth_check(), by a ticket, which is not used by that. */
int auth_ticket(struct db *db, struct arena *a, struct str text,
    struct stream_ticket *ticket, struct grant *out, struct err *e);
/* Use it up; ERR_BUSY when no more can be remembered. */
int auth_ticket_use(const struct stream_ticket *ticket, struct err *e);

bool auth_expired(const struct grant *g, int64_t now_ms);

#endif
