/* base64.h - RFC 4648, from OpenSSL. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/arena.h"

struct str base64(struct arena *a, struct str bytes);
/* The alphabet that is safe in URLs, without padding. */
struct str base64url(struct arena *a, struct str bytes);

#endif
