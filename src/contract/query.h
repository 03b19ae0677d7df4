/* query.h - the parts of a query string (application/x-www-form-urlencoded). */
#ifndef CONTRACT_QUERY_H
#define CONTRACT_QUERY_H

#include "base/arena.h"
#include "base/err.h"

struct query_param {
	struct str name, value;		/* decoded, from the arena */
};

/* All parameters in order; ERR_BAD_QUERY for a broken escape, bytes that are
 * not UTF-8, a NUL, too many, or one name twice. */
int query_parse(struct str query, struct arena *a, struct query_param **out,
    size_t *n, struct err *e);
/* %XX (and + when plus) decoded; false when an escape is broken. */
bool percent_decode(struct str s, bool plus, struct arena *a, struct str *out);

#endif
