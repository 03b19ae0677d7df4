/* region.h - the marked regions of a file that new contents are about.
 *
 * Only ###FINAL_MILE_PROMPT__NAME### counts.  Contents with regions are about
 * those, when each is closed and is in file and contents once, side by side
 * with the others; contents without markers are about the one that the file
 * has.  A begin marker that nothing closes is a region of its own line; begin
 * and end on one line are none. */
#ifndef BRIDGE_REGION_H
#define BRIDGE_REGION_H

#include "base/arena.h"

/* A marked region as lines from 1; end < start: a place before `start`. */
struct region {
	int64_t start, end;
	struct str body;		/* its lines, or what they become */
};

/* The regions of the text and what becomes of each, n of them: 0 when the
 * contents are about the whole.  *left_out: around its markers the contents
 * have something that is not around those of the text. */
size_t regions_match(struct arena *a, struct str text, struct str contents,
    struct region **out, bool *left_out);

#endif
