/* mask.h - a message without what changes from one telling to the next.
 *
 * Times, addresses, ids, numbers, sizes, paths and the like become words in
 * angle brackets: <time> <ip> <uuid> <hex> <url> <email> <path> <num>
 * <value>.  What programs put before a message (a date, a level in brackets,
 * a process id) goes away altogether.  A token that holds both keeps what is constant:
 * "took=<num>ms" is told from "size=<num>B".
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
