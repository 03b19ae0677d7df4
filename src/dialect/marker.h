/* marker.h - regions that are marked in a text, in comments of any style:
 *
 *	###FINAL_MILE_PROMPT__NAME###  …  ###END_NAME###
 *	<<<BEGIN:id>>>  …  <<<END:id>>>
 *
 * Lines are counted from 0.  An end belongs to the nearest open begin of the
 * same name before it, so that regions nest and one name may occur often; a
 * begin that nothing closes is a point, and an end that closes nothing is text.
 * A line may hold begin and end, anywhere.  NAME is of [A-Z0-9_]; an id has no
 * '<', no '>' and no line end.  Time grows with the text, not with the number
 * of its markers times its length. */
#ifndef DIALECT_MARKER_H
#define DIALECT_MARKER_H

#include "base/arena.h"

enum marker_style { MARKER_FINAL_MILE, MARKER_BEGIN_END };

struct marker_hit {
	struct str name;	/* points into the text */
	size_t first;		/* the line of the begin marker */
	size_t last;		/* of the end marker; first when there is none */
	bool closed;		/* there is an end marker */
	size_t depth;		/* regions of that style, of any name, that
				   are open where it begins */
};

/* All regions of that name (STR_NONE: of every name), by their first line. */
void marker_find(struct arena *a, struct str text, enum marker_style style,
    struct str name, struct marker_hit **out, size_t *n);
/* The same where the end marker has another name than the begin marker. */
void marker_find_pair(struct arena *a, struct str text,
    enum marker_style style, struct str name, struct str end,
    struct marker_hit **out, size_t *n);
/* The lines that contain a literal text, which may have the line's end as its
 * last byte; no line contains "". */
void anchor_find(struct arena *a, struct str text, struct str anchor,
    size_t **lines, size_t *n);

#endif
