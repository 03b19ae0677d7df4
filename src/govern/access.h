/* access.h - bearer tokens: made, shown once, checked, revoked.
 *
 * A token is "pw_<id>_<secret>": 8 hex digits that name its row, and 256 random
 * bits.  Only the SHA-256 of the whole text is kept. */
#ifndef GOVERN_ACCESS_H
#define GOVERN_ACCESS_H

#include "govern/govern.h"
#include "model/scope.h"
#include "store/token.h"

/* Make one; *text (arena) is the only time it can be seen.  expires_ms -1:
 * never. */
int access_new(struct govern *g, struct arena *a, struct str name,
    struct str scopes, int64_t expires_ms, struct token *out, struct str *text,
    struct err *e);
#endif
