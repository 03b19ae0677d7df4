/* fences.h - SEARCH/REPLACE blocks as models write them:
 *
 *	src/a.c
 *	<<<<<<< SEARCH
 *	old
 *	=======
 *	new
 *	>>>>>>> REPLACE
 *
 * A line of 5 to 9 '<', '=' or '>'; "SEARCH>" is taken, too.  The name of the
 * file is alone on the line before, or before the line that opens a Markdown
 * code block (what Markdown puts around a name is left out: `a.c`, **a.c**,
 * ### a.c:); without one it is the file of the block before.  Text around
 * the blocks is skipped.  A second line of '=' is refused: nobody knows which
 * of the two ends what is searched. */
#ifndef DIALECT_FENCES_H
#define DIALECT_FENCES_H

#include "base/arena.h"
#include "base/err.h"

struct fence {
	struct str path;		/* STR_NONE: none was given */
	struct str search, replace;	/* whole lines */
	size_t at;			/* its line in the text, from 1 */
};

/* Strings point into the text.  -1 with ERR_BAD_PATCH whose detail names the
 * line: no block, one without an end, one inside of another, REPLACE alone. */
int fences_read(struct arena *a, struct str text, struct fence **out,
    size_t *n, struct err *e);

#endif
