/* guard.h - regions of a text that its author has closed off, in comments of
 * any style, anywhere on a line:
 *
 *	@hash:<hex> START:name  …  END:name
 *	PROTECTED-BEGIN[:name]  …  PROTECTED-END[:name]
 *
 * <hex> is the SHA-256 of the lines between, or its first 12 digits or more.
 * Regions nest.  An end belongs to the nearest open begin of its name; a
 * PROTECTED-END without a name to the nearest open PROTECTED-BEGIN.  What
 * nothing ends goes on to the end of the file. */
#ifndef POLICY_GUARD_H
#define POLICY_GUARD_H

#include "base/arena.h"

#define GUARD_HASH_MIN 12	/* hex digits; fewer could be searched for */

struct guard {
	bool hashed;		/* @hash:…; else PROTECTED-BEGIN */
	struct str name;	/* "": it has none */
	struct str hash;	/* the hex digits as written */
	size_t first, last;	/* the lines of its guards, from 0 */
	bool closed;
	struct str text;	/* those lines and all between */
	struct str inside;	/* what the hash is of */
};

/* All regions, by where they begin.  False when there are more than
 * GUARDS_MAX; those are then still given. */
bool guards_find(struct arena *a, struct str text, struct guard **out,
    size_t *n);
/* Whether the hash is that of what is inside; true of those without one. */
bool guard_fits(struct arena *a, const struct guard *g);

#endif
