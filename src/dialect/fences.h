/* fences.h - SEARCH/REPLACE blocks as models write them:
 *
 *	src/a.c
 *	<<<<<<< SEARCH
 *	old
 *	=======
 *	new
 *	>>>>>>> REPLACE
 *
 * A line of 5 to 9 '<', '=' or '>'; the name of the file alone on the line
 * before, or as in the block before. */
#ifndef DIALECT_FENCES_H
#define DIALECT_FENCES_H

#include "base/arena.h"
#include "base/err.h"

struct fence {
	struct str path;		/* STR_NONE: none was given */
	struct str search, replace;	/* whole lines */
	size_t at;			/* its line in the text, from 1 */
};

/* -1 with ERR_BAD_PATCH whose detail names the line. */
int fences_read(struct arena *a, struct str text, struct fence **out,
    size_t *n, struct err *e);

#endif
