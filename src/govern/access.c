#include "govern/access.h"

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/hash.h"

#define SECRET_BYTES 32

static struct str
base64url(struct arena *a, const unsigned char *p, int n)
{
	char *out = arena_alloc(a, (size_t)n * 2 + 4);
	int len = EVP_EncodeBlock((unsigned char *)out, p, n);

	for (int i = 0; i < len; i++)
		out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
	while (len && out[len - 1] == '=')
		len--;
	out[len] = '\0';
	return str_n(out, (size_t)len);
}

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
	    base64url(a, secret, sizeof(secret)).p);
	hash = sha256_of(*text);
	if (db_begin(g->db, e) != 0)
		return -1;
	if (token_insert(g->db, out, &hash, e) != 0) {
		db_rollback(g->db);
		return -1;
	}
	return db_commit(g->db, e);
}
