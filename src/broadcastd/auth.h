/* auth.h - who may read the stream, and for how long. */
#ifndef BROADCASTD_AUTH_H
#define BROADCASTD_AUTH_H

#include "store/db.h"

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
bool auth_expired(const struct grant *g, int64_t now_ms);

#endif
