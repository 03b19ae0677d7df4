#include "govern/access.h"

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/hash.h"

#define SECRET_BYTES 32
#define ID_DIGITS 8
#define PREFIX_BYTES 12		/* "pw_" + id + "_" */

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

/* Every refusal reads the same: nobody learns which part was wrong. */
static int
refuse(struct err *e)
{
	return err_set(e, ERR_UNAUTHORIZED,
	    "the token is unknown, has expired or was revoked");
}

int
access_check(struct db *db, struct arena *a, struct str text,
    enum scope needed, struct token *out, struct err *e)
{
	struct sha256 kept, given;
	int rc;

	if (!text.p)
		return err_set(e, ERR_UNAUTHORIZED, "no token was sent");
	if (text.len <= PREFIX_BYTES || !str_starts(text, STR("pw_")) ||
	    text.p[PREFIX_BYTES - 1] != '_')
		return refuse(e);
	rc = token_find(db, a, str_n(text.p + 3, ID_DIGITS), out, &kept, e);
	if (rc < 0)
		return -1;
	given = sha256_of(text);
	if (rc == 0 || !sha256_eq(kept, given) || out->revoked_ms >= 0 ||
	    (out->expires_ms >= 0 && out->expires_ms <= clock_now_ms()))
		return refuse(e);
	if (!scope_granted(out->scopes, needed))
		return err_set(e, ERR_SCOPE_MISSING,
		    "the token lacks the scope %s", scope_name(needed));
	return 0;
}
