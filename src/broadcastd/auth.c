#include "broadcastd/auth.h"

#include "base/clock.h"
#include "store/token.h"

int
auth_check(struct db *db, struct arena *a, struct str token,
    struct grant *out, struct err *e)
{
	struct token t;

	if (token_check(db, a, token, SCOPE_STREAM_READ, &t, e) != 0)
		return -1;
	*out = (struct grant){ .expires_ms = t.expires_ms };
	memcpy(out->id, t.id.p, t.id.len < sizeof(out->id) ? t.id.len :
	    sizeof(out->id));
	return 0;
}

int
auth_again(struct db *db, struct arena *a, const struct grant *g,
    struct err *e)
{
	struct token t;
	int rc = token_find(db, a, str_n(g->id, GRANT_ID_BYTES), &t, NULL, e);

	if (rc <= 0)
		return rc;
	return t.revoked_ms < 0 && scope_granted(t.scopes, SCOPE_STREAM_READ);
}

bool
auth_expired(const struct grant *g, int64_t now_ms)
{
	return g->expires_ms >= 0 && g->expires_ms <= now_ms;
}
