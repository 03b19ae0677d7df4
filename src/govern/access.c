#include "govern/access.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/hash.h"

#define SECRET_BYTES 32

int
access_new(struct govern *g, struct arena *a, struct str name,
    struct str scopes, int64_t expires_ms, struct token *out, struct str *text,
    struct err *e)
{
	unsigned char secret[SECRET_BYTES];
	struct sha256 hash;
	uint32_t id;

	if (scope_check(scopes, e) != 0)
		return -1;
	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return err_set(e, ERR_INVALID,
		    "a token needs a name of 1 to %d bytes", NAME_MAX_BYTES);
	random_bytes(&id, sizeof(id));
	random_bytes(secret, sizeof(secret));
	*out = (struct token){
		.id = arena_fmt(a, "%08x", id), .name = name, .scopes = scopes,
		.created_ms = clock_now_ms(), .expires_ms = expires_ms,
		.revoked_ms = -1,
	};
	*text = arena_fmt(a, "pw_%s_%s", out->id.p,
	    base64url(a, str_n((const char *)secret,
	    sizeof(secret))).p);
	hash = sha256_of(*text);
	if (db_begin(g->db, e) != 0)
		return -1;
	if (token_insert(g->db, out, &hash, e) != 0) {
		db_rollback(g->db);
		return -1;
	}
	return db_commit(g->db, e);
}
