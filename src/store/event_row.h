/* event_row.h - one row of table event as the hash chain sees it.
 *
 * event_store.h has the form that is hashed. */
#ifndef STORE_EVENT_ROW_H
#define STORE_EVENT_ROW_H

#include "base/hash.h"

/* The columns of text, in their order; ts_ms is between the first two. */
enum event_text { EVENT_TYPE, EVENT_PAYLOAD, EVENT_BATCH, EVENT_PATCH,
	EVENT_ORDER, EVENT_TASK, EVENT_REQUESTER, EVENT_WORKSPACE, EVENT_FILE,
	EVENT_OP, EVENT_TEXTS };

struct event_row {
	int64_t seq, ts_ms;
	struct str text[EVENT_TEXTS];	/* STR_NONE: NULL */
	struct str hash;		/* as it is kept: 32 bytes */
};

struct row_hasher;
struct row_hasher *row_hasher_new(void);	/* never NULL */
void row_hasher_free(struct row_hasher *h);	/* NULL is fine */

/* The hash of the row behind `before`; r->hash is not looked at.  *bytes, when
 * it is not NULL, grows by what was hashed. */
struct sha256 event_row_hash(struct row_hasher *h, const struct sha256 *before,
    const struct event_row *r, int64_t *bytes);
/* Whether that is the hash that the row has. */
bool event_row_has(const struct event_row *r, const struct sha256 *hash);

#endif
