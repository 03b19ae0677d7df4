/* handshake.h - the head of one HTTP request, byte by byte, with a ceiling.
 *
 * The only file that knows the HTTP parser.  Bodies are not read: a request
 * that announces one is refused. */
#ifndef BROADCASTD_HANDSHAKE_H
#define BROADCASTD_HANDSHAKE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct handshake;
struct handshake *handshake_new(void);		/* never NULL */
void handshake_free(struct handshake *h);	/* NULL is fine */

/* Take bytes; *used of them belong to the head.  1 when the head is complete,
 * 0 when more is needed, -1 when it is refused (feed no more then). */
int handshake_feed(struct handshake *h, struct str bytes, size_t *used,
    struct err *e);

/* When it is complete; all borrowed from h. */
const char *handshake_method(const struct handshake *h);
struct str handshake_path(const struct handshake *h);	/* as sent */
struct str handshake_query(const struct handshake *h);	/* STR_NONE: none */
bool handshake_is_http_1_1(const struct handshake *h);
/* The value of that header (any case), the first one; STR_NONE. */
struct str handshake_header(const struct handshake *h, const char *name);
/* Does a comma list, over all headers of that name, have that word (any
 * case)? */
bool handshake_has_word(const struct handshake *h, const char *name,
    const char *word);
/* The next word of such a list, from *at = 0 on; STR_NONE at its end. */
struct str handshake_word(const struct handshake *h, const char *name,
    size_t *at);

#endif
