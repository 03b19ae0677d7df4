/* memory.h - small tables of what is remembered about others: deliveries of
 * webhooks, answers of the language model, budgets of a day, limits of hosts
 * and answers with their tags. */
#ifndef TRACKER_MEMORY_H
#define TRACKER_MEMORY_H

#include "store/db.h"

/* All but the ones that look are for db_begin(). */

/* A webhook with that id came: 1; 0 when it had come before.  Those that came
 * before keep_from are forgotten. */
int delivery_add(struct db *db, struct str id, struct str event,
    int64_t keep_from_ms, struct err *e);

/* One more of at most `most` on that day (UTC, of now): 1, or 0 when it is
 * used up. */
int budget_take(struct db *db, const char *what, int64_t most, int64_t now_ms,
    struct err *e);
int budget_used(struct db *db, const char *what, int64_t now_ms, int64_t *n,
    struct err *e);

struct model_answer {
	struct str analysis, prompt;
	int64_t severity;		/* -1: it proposed none */
};
int model_answer_get(struct db *db, struct arena *a, struct str fingerprint,
    struct str model, struct model_answer *out, struct err *e);
int model_answer_put(struct db *db, struct str fingerprint, struct str model,
    const struct model_answer *m, struct err *e);

/* The state of a host's limits, as its owner wrote it: 1, 0, -1. */
int gate_row_get(struct db *db, struct arena *a, struct str host,
    struct str credential, struct str *state, struct err *e);
int gate_row_put(struct db *db, struct str host, struct str credential,
    struct str state, struct err *e);

struct etag_row {
	struct str etag, body, link;
};
int etag_row_get(struct db *db, struct arena *a, struct str url,
    struct str credential, struct etag_row *out, struct err *e);
/* The oldest go when there are more than most. */
int etag_row_put(struct db *db, struct str url, struct str credential,
    const struct etag_row *r, int64_t most, struct err *e);

#endif
