#include "base/hash.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/limits.h"

struct sha256
sha256_of(struct str s)
{
	return sha256_of_parts(&s, 1);
}

static EVP_MD_CTX *
hash_begin(void)
{
	/* Fetched once: looking an algorithm up costs more than hashing a line. */
	static EVP_MD *md;
	static EVP_MD_CTX *ctx;

	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!ctx)
		ctx = EVP_MD_CTX_new();
	if (!md || !ctx || !EVP_DigestInit_ex2(ctx, md, NULL))
		abort();
	return ctx;
}

static void
hash_add(EVP_MD_CTX *ctx, struct str s)
{
	if (s.len && !EVP_DigestUpdate(ctx, s.p, s.len))
		abort();
}

static struct sha256
hash_end(EVP_MD_CTX *ctx)
{
	struct sha256 h;
	unsigned int len = 0;

	if (!EVP_DigestFinal_ex(ctx, h.b, &len) || len != sizeof(h.b))
		abort();
	return h;
}

struct sha256
sha256_of_parts(const struct str *parts, size_t n)
{
	EVP_MD_CTX *ctx = hash_begin();

	for (size_t i = 0; i < n; i++)
		hash_add(ctx, parts[i]);
	return hash_end(ctx);
}

/* One that has ended is begun again at once: only the first has to look the
 * algorithm up. */
struct sha256_run {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

static void
run_begin(struct sha256_run *r)
{
	if (!EVP_DigestInit_ex2(r->ctx, r->md, NULL))
		abort();
}

struct sha256_run *
sha256_run_new(void)
{
	struct sha256_run *r = malloc(sizeof(*r));

	if (!r)
		abort();
	r->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	r->ctx = EVP_MD_CTX_new();
	if (!r->md || !r->ctx)
		abort();
	run_begin(r);
	return r;
}

void
sha256_run_free(struct sha256_run *r)
{
	if (!r)
		return;
	EVP_MD_CTX_free(r->ctx);
	EVP_MD_free(r->md);
	free(r);
}

void
sha256_run_add(struct sha256_run *r, struct str s)
{
	hash_add(r->ctx, s);
}

struct sha256
sha256_run_end(struct sha256_run *r)
{
	struct sha256 h = hash_end(r->ctx);

	run_begin(r);
	return h;
}

int
sha256_of_fd(int fd, struct sha256 *out, uint64_t *len)
{
	EVP_MD_CTX *ctx = hash_begin();
	char piece[KIB(64)];
	ssize_t n;

	*len = 0;
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		hash_add(ctx, str_n(piece, (size_t)n));
		*len += (uint64_t)n;
	}
	*out = hash_end(ctx);
	return 0;
}

struct str
sha256_hex(struct arena *a, struct sha256 h)
{
	static const char digits[] = "0123456789abcdef";
	char *p = arena_alloc(a, SHA256_HEX + 1);

	for (size_t i = 0; i < sizeof(h.b); i++) {
		p[2 * i] = digits[h.b[i] >> 4];
		p[2 * i + 1] = digits[h.b[i] & 15];
	}
	return str_n(p, SHA256_HEX);
}

bool
sha256_parse(struct str hex, struct sha256 *out)
{
	if (hex.len != SHA256_HEX)
		return false;
	for (size_t i = 0; i < sizeof(out->b); i++) {
		int hi = hex_digit(hex.p[2 * i]);
		int lo = hex_digit(hex.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out->b[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

bool
sha256_eq(struct sha256 a, struct sha256 b)
{
	return CRYPTO_memcmp(a.b, b.b, sizeof(a.b)) == 0;
}

bool
secret_eq(struct str a, struct str b)
{
	return a.len == b.len && CRYPTO_memcmp(a.p, b.p, a.len) == 0;
}

void
random_bytes(void *p, size_t n)
{
	unsigned char *c = p;

	while (n) {
		ssize_t got = getrandom(c, n, 0);

		if (got < 0) {
			if (errno == EINTR)
				continue;
			abort();
		}
		c += got;
		n -= (size_t)got;
	}
}

struct str
sha1_base64(struct arena *a, struct str s)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	if (!EVP_Digest(s.p, s.len, digest, &len, EVP_sha1(), NULL))
		abort();
	return base64(a, str_n((const char *)digest, len));
}
