/* mask.h - a message without what changes from one telling to the next.
 *
 * Times, addresses, ids, numbers, sizes and the like become words in angle
 * brackets: <time> <ip> <uuid> <hex> <url> <email> <num> <value>.  What
 * loggers put before a message (head.h) goes away altogether.  Of a token that
 * has both, what is constant stays: "took=<num>" is told from "size=<num>",
 * "/users/<num>/orders" from "/users/<num>/mail".  Codes of errors stay
 * ("TS2322", "status 502").
 *
 * Bytes in, bytes out: needs no UTF-8, splits none, takes time linear in the
 * text. */
#ifndef LOGS_MASK_H
#define LOGS_MASK_H

#include "base/buf.h"

/* The line of a message that says what happened: the first that has two
 * words, or all there is.  A part of text. */
struct str mask_headline(struct str text);

/* Append what text is when masked: tokens with one blank between them, at
 * most TEMPLATE_MAX_TOKENS; what is beyond is left out, as "<...>" tells. */
void mask_text(struct buf *out, struct str text);

#endif
