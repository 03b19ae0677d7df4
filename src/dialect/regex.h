/* regex.h - a caller's regular expression, kept from doing harm.
 *
 * PCRE2's syntax over bytes: no UTF mode, no \C.  It is matched against one
 * line after the other, without line ends (LF or CRLF), so that ^ and $ are
 * the ends of the line.  Bounded are the pattern, each line, the steps and the
 * memory of each match, and the time of all of them (base/limits.h). */
#ifndef DIALECT_REGEX_H
#define DIALECT_REGEX_H

#include "base/arena.h"
#include "base/err.h"

/* The lines, from 0, that match.  ERR_INVALID: the pattern is none, and where;
 * ERR_LIMIT_EXCEEDED: which limit, in which line. */
int regex_find(struct arena *a, struct str pattern, struct str text,
    int64_t deadline_ms, size_t **lines, size_t *n, struct err *e);

#endif
