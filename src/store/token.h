/* token.h - table token: who may ask for what.  Only hashes are kept. */
#ifndef STORE_TOKEN_H
#define STORE_TOKEN_H

#include "base/hash.h"
#include "model/scope.h"
#include "store/db.h"

struct token {
	struct str id;			/* 8 hex digits */
	struct str name;
	struct str scopes;		/* with one blank between */
	int64_t created_ms;
	int64_t expires_ms, revoked_ms;	/* -1: never, not */
};

/* Inside db_begin(); ERR_EXISTS when the id is taken. */
int token_insert(struct db *db, const struct token *t,
    const struct sha256 *hash, struct err *e);
/* 1 and *out (arena), *hash (unless NULL); 0 when unknown; -1.  Expired and
 * revoked ones are found too: the caller looks. */
int token_find(struct db *db, struct arena *a, struct str id,
    struct token *out, struct sha256 *hash, struct err *e);
/* All, in the order they were made. */
int token_list(struct db *db, struct arena *a, struct token **out, size_t *n,
    struct err *e);
/* Inside db_begin(); ERR_NOT_FOUND when there is no such token.  The time of
 * the first revocation stays. */
int token_revoke(struct db *db, struct str id, struct err *e);

/* Whose is that token text ("pw_<id>_<secret>"), and may it do that?  Compared
 * in constant time by hash.  ERR_UNAUTHORIZED when it is unknown, expired or
 * revoked (all read the same), ERR_SCOPE_MISSING. */
int token_check(struct db *db, struct arena *a, struct str text,
    enum scope needed, struct token *out, struct err *e);

#endif
