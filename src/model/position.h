/* position.h - where a reader of the stream goes on, given the seq it names
 * and what the table has.  One rule for the streams and for the list. */
#ifndef MODEL_POSITION_H
#define MODEL_POSITION_H

#include <stdbool.h>
#include <stdint.h>

struct position {
	int64_t after;		/* events with a greater seq come next */
	bool gap;		/* what was asked for is not to be had */
};

/* Before everything there is; oldest is 0 when the table is empty. */
int64_t position_earliest(int64_t oldest, int64_t head);
/* After the seq somebody had last.  What stood between it and the oldest event
 * may be gone; one behind the head is not of this table (nor is one of another
 * epoch, which the caller knows: same_epoch). */
struct position position_after(int64_t asked, bool same_epoch, int64_t oldest,
    int64_t head);

#endif
