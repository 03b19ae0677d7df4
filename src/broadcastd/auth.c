#include "broadcastd/auth.h"

#include "base/clock.h"
#include "model/scope.h"
#include "store/token.h"

/* "pw_<id>_<secret>" */
#define ID_AT 3
#define PREFIX_BYTES (ID_AT + GRANT_ID_BYTES + 1)

/* Every refusal reads the same: nobody learns which part was wrong. */
static int
refuse(struct err *e)
{
	return err_set(e, ERR_UNAUTHORIZED,
	    "the token is unknown, has expired or was revoked");
}

static bool
good_at(const struct token *t, int64_t now_ms)
{
	return t->revoked_ms < 0 &&
	    (t->expires_ms < 0 || t->expires_ms > now_ms);
}

int
auth_check(struct db *db, struct arena *a, struct str token,
    struct grant *out, struct err *e)
{
	struct sha256 kept, given;
	struct token t;
	int rc;

	if (!token.p || token.len == 0)
		return err_set(e, ERR_UNAUTHORIZED, "no token was sent");
	if (token.len <= PREFIX_BYTES || token.len > NAME_MAX_BYTES ||
	    !str_starts(token, STR("pw_")) || token.p[PREFIX_BYTES - 1] != '_')
		return refuse(e);
	rc = token_find(db, a, str_n(token.p + ID_AT, GRANT_ID_BYTES), &t,
	    &kept, e);
	if (rc < 0)
		return -1;
	given = sha256_of(token);
	if (rc == 0 || !sha256_eq(kept, given) || !good_at(&t, clock_now_ms()))
		return refuse(e);
	if (!scope_granted(t.scopes, SCOPE_STREAM_READ))
		return err_set(e, ERR_SCOPE_MISSING,
		    "the token lacks the scope %s",
		    scope_name(SCOPE_STREAM_READ));
	*out = (struct grant){ .expires_ms = t.expires_ms };
	memcpy(out->id, token.p + ID_AT, GRANT_ID_BYTES);
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
	return good_at(&t, clock_now_ms()) &&
	    scope_granted(t.scopes, SCOPE_STREAM_READ);
}

bool
auth_expired(const struct grant *g, int64_t now_ms)
{
	return g->expires_ms >= 0 && g->expires_ms <= now_ms;
}
