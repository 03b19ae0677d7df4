/* sign.h - proofs that a text is somebody's, from OpenSSL. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/err.h"
#include "base/hash.h"

/* HMAC with SHA-256 (RFC 2104); secrets are compared by
 * secret_eq(). */
struct sha256 hmac_sha256(struct str key, struct str text);

/* RSASSA-PKCS1-v1_5 with SHA-256, which JWS calls RS256, by a private key in
 * PEM.  ERR_CONFIG for what is no such key, has a password, or has fewer than
 * 2048 bits. */
int rs256_sign(struct arena *a, struct str pem, struct str text,
    struct str *signature, struct err *e);

/* A whole file that holds a secret, without the line's end behind it.
 * ERR_CONFIG when it is missing, empty, longer than max, or when others than
 * its owner and its group can read it. */
int secret_read(struct arena *a, const char *path, size_t max,
    struct str *out, struct err *e);

#endif
