/* auth.h - the Authorization header (RFC 6750). */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "base/err.h"

/* The token of "Bearer <token>"; STR_NONE when the header is absent.
 * ERR_UNAUTHORIZED when it is of another scheme or malformed. */
int auth_bearer(struct str header, struct str *token, struct err *e);

#endif
