/* hash.h - SHA-256 and its text forms, from OpenSSL; random bytes. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/arena.h"

#define SHA256_BYTES 32
#define SHA256_HEX 64

struct sha256 {
	unsigned char b[SHA256_BYTES];
};

struct sha256 sha256_of(struct str s);
/* Several pieces as one text. */
struct sha256 sha256_of_parts(const struct str *parts, size_t n);
/* A hash that grows piece by piece.  Each has a context of its own, so that
 * threads may have one each; the functions above are for one thread alone. */
struct sha256_run;
struct sha256_run *sha256_run_new(void);	/* never NULL */
void sha256_run_free(struct sha256_run *r);	/* NULL is fine */
void sha256_run_add(struct sha256_run *r, struct str s);
/* Of all that was added; it begins anew. */
struct sha256 sha256_run_end(struct sha256_run *r);
/* All that follows in an open file, piece by piece; *len is how much it was.
 * -1 with errno. */
int sha256_of_fd(int fd, struct sha256 *out, uint64_t *len);
/* 64 lower-case hex digits from the arena. */
struct str sha256_hex(struct arena *a, struct sha256 h);
/* False unless exactly 64 hex digits (either case). */
bool sha256_parse(struct str hex, struct sha256 *out);
bool sha256_eq(struct sha256 a, struct sha256 b);
/* In constant time; for secrets. */
bool secret_eq(struct str a, struct str b);
/* Base64 (RFC 4648) of SHA-1, which the handshake of WebSocket demands as proof
 * that it was read; nothing is kept secret by it. */
struct str sha1_base64(struct arena *a, struct str s);
/* From the kernel; aborts when it has none. */
void random_bytes(void *p, size_t n);

#endif
