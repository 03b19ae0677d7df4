/* etag.h - answers that the client may have already (RFC 9110, 13.1.2).
 *
 * A handler that can tell cheaply whether its answer has changed asks here
 * before it makes the answer. */
#ifndef HTTP_ETAG_H
#define HTTP_ETAG_H

#include "http/route.h"

/* Does a value of If-None-Match name this tag?  Weakly: W/ is not looked at,
 * nor is the "-gzip" that a web server appends when it compresses.  *sent is
 * the tag as the client has it, with its quotes; all of `tag` for "*".  What
 * is no list of tags names none, so that the client gets the whole answer. */
bool etag_listed(struct str list, struct str tag, struct str *sent);

/* tag is the version of the answer, without quotes: visible ASCII, different
 * whenever a byte of the answer is, also by what Accept chose.  From now on
 * the answer has ETag, and may be kept by the client if it asks each time
 * ("private, no-cache").  True: the client has it; a 304 is all that is sent,
 * and the handler is done.  Only for GET and HEAD. */
bool etag_unchanged(struct call *c, struct str tag);

#endif
