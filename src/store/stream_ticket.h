/* stream_ticket.h - table stream_ticket: one-shot tickets for streams.  Only
 * hashes are kept. */
#ifndef STORE_STREAM_TICKET_H
#define STORE_STREAM_TICKET_H

#include "base/hash.h"
#include "store/db.h"

struct stream_ticket {
	int64_t id;		/* later ones have higher ids, for ever */
	struct str token_id;	/* who it was made for */
	int64_t created_ms, expires_ms;
};

/* Inside db_begin(); fills id. */
int stream_ticket_insert(struct db *db, struct stream_ticket *t,
    const struct sha256 *hash, struct err *e);
/* Inside db_begin(): remove those that had expired at now_ms. */
int stream_ticket_purge(struct db *db, int64_t now_ms, struct err *e);
/* 1 and *out (arena); 0 when there is none; -1.  Expired ones are found too. */
int stream_ticket_find(struct db *db, struct arena *a,
    const struct sha256 *hash, struct stream_ticket *out, struct err *e);

/* How many of that token had not expired at now_ms, and when the first of them
 * will (-1: there is none). */
int stream_ticket_count(struct db *db, struct str token_id, int64_t now_ms,
    int64_t *n, int64_t *first_ms, struct err *e);
/* The highest id there is; 0: none. */
int stream_ticket_newest(struct db *db, int64_t *id, struct err *e);

#endif
