/* items.h - the elements of a JSON array, one after the other, without a tree:
 * arrays of a million lines are read so.  Each element has to be checked by
 * who takes it (json_check); then the array is strict JSON too. */
#ifndef LOGS_ITEMS_H
#define LOGS_ITEMS_H

#include "base/str.h"

struct items {
	struct str rest;	/* at the end: what stands behind the array */
	bool more;		/* an element must follow, if only an empty one */
	bool closed;		/* the array has an end */
};

/* array begins with '['. */
struct items items_begin(struct str array);
/* False at the end. */
bool items_next(struct items *t, struct str *item);

#endif
