#include "base/base64.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct str
base64(struct arena *a, struct str bytes)
{
	char *out = arena_alloc(a, bytes.len / 3 * 4 + 8);

	if (bytes.len > INT_MAX)
		abort();
	return str_n(out, (size_t)EVP_EncodeBlock((unsigned char *)out,
	    (const unsigned char *)bytes.p, (int)bytes.len));
}

struct str
base64url(struct arena *a, struct str bytes)
{
	struct str text = base64(a, bytes);
	char *p = arena_cstr(a, text);

	for (size_t i = 0; i < text.len; i++)
		p[i] = p[i] == '+' ? '-' : p[i] == '/' ? '_' : p[i];
	while (text.len && p[text.len - 1] == '=')
		text.len--;
	p[text.len] = '\0';
	return str_n(p, text.len);
}
