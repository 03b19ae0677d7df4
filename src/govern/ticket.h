/* ticket.h - one-shot tickets for the stream: made here, shown once; broadcastd
 * takes them.
 *
 * A ticket is "pwt_" and 256 random bits; only the SHA-256 of its text is
 * kept. */
#ifndef GOVERN_TICKET_H
#define GOVERN_TICKET_H

#include "govern/govern.h"
#include "model/ticket.h"

/* Make one that stands for that token; its text is in the arena.
 * ERR_TOO_MANY_TICKETS when the token has TICKETS_MAX that are not expired.
 * Expired ones of everybody are removed along with it. */
int govern_ticket(struct govern *g, struct arena *a, struct str token_id,
    struct ticket *out, struct err *e);

#endif
