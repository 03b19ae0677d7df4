/* https_url.h - addresses of HTTP servers, taken apart.
 *
 * Read more strictly than libcurl does, so that both mean the same host: no
 * credentials, no blanks, no backslashes, no percent signs before the path. */
#ifndef REMOTE_HTTPS_URL_H
#define REMOTE_HTTPS_URL_H

#include "base/arena.h"
#include "base/err.h"

struct https_url {
	bool secure;		/* https */
	struct str host;	/* "api.github.com", "[::1]" */
	int64_t port;		/* 443 or 80 when none is written */
	struct str authority;	/* host and port as they are written */
	struct str rest;	/* path and query; may be empty */
};

/* ERR_USAGE for what is no such address. */
int https_url_read(struct str url, struct https_url *out, struct err *e);
/* The same scheme, host and port. */
bool https_url_same(const struct https_url *a, const struct https_url *b);
/* It is this machine by its name: localhost, 127.0.0.0/8 or ::1. */
bool https_url_here(const struct https_url *u);
/* Without its query, which may hold secrets. */
struct str https_url_shown(struct str url);

/* "http://" or "https://" and a host; ERR_USAGE otherwise. */
int https_url_check(struct str url, struct err *e);
/* url has nothing behind its host but perhaps one "/". */
bool https_url_bare(struct str url);

/* For one part of a path or query: all but letters, digits and -._~ as %XX. */
struct str https_escape(struct arena *a, struct str s);

/* The address with rel="next" of a Link header (RFC 8288); STR_NONE: none. */
struct str https_link_next(struct str link);

#endif
