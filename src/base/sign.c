#include "base/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define KEY_BITS 2048

struct sha256
hmac_sha256(struct str key, struct str text)
{
	struct sha256 h;
	unsigned int len = 0;

	if (key.len > INT_MAX || !HMAC(EVP_sha256(), key.p ? key.p : "",
	    (int)key.len, (const unsigned char *)(text.p ? text.p : ""),
	    text.len, h.b, &len) || len != sizeof(h.b))
		abort();
	return h;
}

/* A program asks nobody at a terminal. */
static int
no_password(char *to, int size, int writing, void *arg)
{
	(void)to;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static int
key_read(struct str pem, EVP_PKEY **out, struct err *e)
{
	BIO *bio = pem.len <= INT_MAX ?
	    BIO_new_mem_buf(pem.p ? pem.p : "", (int)pem.len) : NULL;
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password,
	    NULL) : NULL;

	BIO_free(bio);
	if (!key)
		return err_set(e, ERR_CONFIG, "the key is no private key in "
		    "PEM without a password");
	if (!EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) < KEY_BITS) {
		EVP_PKEY_free(key);
		return err_set(e, ERR_CONFIG, "the key is no RSA key of %d "
		    "bits or more", KEY_BITS);
	}
	*out = key;
	return 0;
}

int
rs256_sign(struct arena *a, struct str pem, struct str text,
    struct str *signature, struct err *e)
{
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *ctx;
	char *to;
	size_t len;
	int rc = -1;

	if (key_read(pem, &key, e) != 0)
		return -1;
	ctx = EVP_MD_CTX_new();
	len = (size_t)EVP_PKEY_get_size(key);
	to = arena_bytes(a, len + 1);
	if (!ctx || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
	    key) != 1 || EVP_DigestSign(ctx, (unsigned char *)to, &len,
	    (const unsigned char *)text.p, text.len) != 1) {
		err_set(e, ERR_CONFIG, "the key does not sign");
		goto out;
	}
	*signature = str_n(to, len);
	rc = 0;
out:
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return rc;
}

static int
rights_check(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(e, "cannot look at %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is no file", path);
	if (st.st_mode & 027)
		return err_set(e, ERR_CONFIG, "%s holds a secret, and its "
		    "mode is %04o: make it 0600, or 0640 for its group", path,
		    (unsigned)st.st_mode & 07777);
	return 0;
}

static int
whole(int fd, const char *path, struct buf *out, struct err *e)
{
	if (fd_read_all(fd, out) != 0) {
		if (!out->full)
			return err_sys(e, "cannot read %s", path);
		return err_set(e, ERR_CONFIG, "%s holds a secret of at most "
		    "%zu bytes; it has more", path, out->max);
	}
	while (out->len && (out->p[out->len - 1] == '\n' ||
	    out->p[out->len - 1] == '\r'))
		out->len--;
	if (!out->len)
		return err_set(e, ERR_CONFIG, "%s is empty; a secret was "
		    "expected in it", path);
	return 0;
}

int
secret_read(struct arena *a, const char *path, size_t max, struct str *out,
    struct err *e)
{
	/* Not to wait for who may write into a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf text = BUF_INIT(max);
	int rc = -1;

	if (fd < 0) {
		err_sys(e, "cannot open %s", path);
		goto out;
	}
	if (rights_check(fd, path, e) != 0 || whole(fd, path, &text, e) != 0)
		goto out;
	*out = arena_str(a, buf_str(&text));
	rc = 0;
out:
	if (rc != 0 && e)
		e->kind = ERR_CONFIG;
	if (fd >= 0)
		close(fd);
	if (text.cap)
		memset(text.p, 0, text.cap);
	buf_free(&text);
	return rc;
}
