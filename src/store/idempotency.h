/* idempotency.h - table idempotency: the answer to a request that carried an
 * Idempotency-Key, so that sending it again does nothing and says the same. */
#ifndef STORE_IDEMPOTENCY_H
#define STORE_IDEMPOTENCY_H

#include "base/hash.h"
#include "store/db.h"

#define IDEMPOTENCY_KEEP_MS	(INT64_C(24) * 3600 * 1000)

struct idempotency {
	struct str key, token_id, route;	/* together unique */
	struct sha256 body_sha256;
	struct str batch_id;		/* STR_NONE: none yet */
	int64_t status;			/* HTTP; 0: in flight */
	struct str content_type, answer;	/* STR_NONE while in flight */
	int64_t created_ms;
};

/* Inside db_begin(): claim the key, status 0.  1 when it is ours now, 0 when
 * it is there already (idempotency_find() tells what), -1. */
int idempotency_begin(struct db *db, const struct idempotency *i,
    struct err *e);
/* By key, token_id and route of *i; fills the rest (arena).  1, 0: none, -1. */
int idempotency_find(struct db *db, struct arena *a, struct idempotency *i,
    struct err *e);
/* The request that began that batch, with its key.  1, 0: none, -1. */
int idempotency_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct idempotency *out, struct err *e);
/* Inside db_begin(): keep status, content_type, answer and, when set,
 * batch_id. */
int idempotency_finish(struct db *db, const struct idempotency *i,
    struct err *e);
/* Inside db_begin(): give the key up, as if it had never been sent. */
int idempotency_drop(struct db *db, const struct idempotency *i,
    struct err *e);
/* Inside db_begin(): remove some that are older than IDEMPOTENCY_KEEP_MS; few
 * enough to be done along with any write. */
int idempotency_purge(struct db *db, struct err *e);

#endif
