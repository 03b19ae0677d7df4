/* ticket.h - which one-shot tickets were used.
 *
 * The daemon only reads the table of tickets, so that a handshake never waits
 * for a writer; what it has let in stays here until it has expired.  No ticket
 * is taken twice, whatever happens: those made before the book was begun are
 * refused, used or not, and so are all that are not newer than one that was
 * forgotten. */
#ifndef BROADCASTD_TICKET_H
#define BROADCASTD_TICKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticket_used {
	int64_t id, expires_ms;
};

struct ticket_book {
	struct ticket_used *used;	/* by id */
	size_t n, cap;
	int64_t floor;			/* of the ids up to it none is taken */
};

/* Begin anew, with tickets above that id; a book of zeros is begun with 0. */
void ticket_book_begin(struct ticket_book *b, int64_t newest);
void ticket_book_end(struct ticket_book *b);	/* frees what it has */

/* Would it be refused? */
bool ticket_book_has(const struct ticket_book *b, int64_t id);

enum ticket_use {
	TICKET_TAKEN,		/* the first and only time */
	TICKET_SPENT,		/* used before, or too old to know */
	TICKET_FULL		/* TICKETS_USED_MAX are used and not expired */
};
enum ticket_use ticket_book_use(struct ticket_book *b, int64_t id,
    int64_t expires_ms, int64_t now_ms);

#endif
