/* needles.h - many words looked for in one pass over a text (Aho and Corasick
 * 1975): a step a byte, however many words there are.
 *
 * Letters match in either case, and '-', '_' and a blank match each other; who
 * needs it exactly compares what was found. */
#ifndef LOGS_NEEDLES_H
#define LOGS_NEEDLES_H

#include "base/str.h"

struct needles;

/* Words are not empty, and copied; all of them together must have less than
 * NEEDLES_MAX_BYTES.  Never NULL. */
#define NEEDLES_MAX_BYTES 30000
struct needles *needles_new(const struct str *words, size_t n);
void needles_free(struct needles *s);		/* NULL is fine */

/* Where a search is: begin with { .at = where }. */
struct needles_at {
	size_t at;		/* bytes that were looked at */
	unsigned state;
	int more;		/* words that end here too; 0: none, else -1 - word */
};

/* Go on up to `until`: the word that ends at p->at, longer ones first, or -1
 * when p->at is `until`. */
int needles_next(const struct needles *s, struct needles_at *p, struct str text,
    size_t until);

#endif
