/* match.h - where a text stands in another: exactly, or but for the blanks at
 * the ends of its lines.  Never by similarity.
 *
 * Exact matches are looked for first; only when there is none, the second way.
 * Both are linear. */
#ifndef TEXT_MATCH_H
#define TEXT_MATCH_H

#include "text/text.h"

enum match_kind { MATCH_NONE, MATCH_EXACT, MATCH_TRAILING_SPACE };
extern const char *const match_names[];	/* "exact", "trailing_space" */

struct match {
	size_t from, to;	/* bytes of the text */
};

struct matches {
	enum match_kind kind;
	struct match *m;	/* in order, none within another; the arena's */
	size_t n;
	bool twice;		/* n is 1, but another one begins within it */
};

enum match_place {
	MATCH_ANYWHERE,		/* also within lines */
	MATCH_LINES,		/* whole lines */
	MATCH_LAST_LINES,	/* whole lines at the end of the text */
};

/* needle may not be empty.  Of whole lines the last may lack its end. */
void match_find(struct arena *a, struct str text, struct str needle,
    enum match_place place, struct matches *out);

#endif
