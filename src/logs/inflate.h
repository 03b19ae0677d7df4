/* inflate.h - gzip (RFC 1952) with ceilings, for bodies that strangers send.
 *
 * Members that follow each other are one text.  What grows beyond reason is a
 * bomb: more than max_out bytes, or LOG_INFLATE_RATIO times what came in once
 * there is more than a MiB of it. */
#ifndef LOGS_INFLATE_H
#define LOGS_INFLATE_H

#include "base/buf.h"

bool logs_is_gzip(struct str in);	/* by its first bytes */

/* Append what in holds to *out, whose own ceiling must be above max_out.  -1
 * with ERR_TOO_LARGE, or ERR_INVALID with the byte of in where the damage is;
 * *out has a part of it then. */
int logs_gunzip(struct str in, size_t max_out, struct buf *out, struct err *e);

#endif
