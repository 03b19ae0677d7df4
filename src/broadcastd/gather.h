/* gather.h - how long to wait for more events before the next round of sends.
 *
 * A send costs the same for one event as for many.  When the last round had
 * more than one, others are on their way: they leave in the same sends if they
 * are waited for, for a small part of what such a round takes anyway.  Events
 * that come one by one are not held up. */
#ifndef BROADCASTD_GATHER_H
#define BROADCASTD_GATHER_H

#include <stdint.h>

/* The last round: so many events to all, in so many us.  0: do not wait. */
int64_t gather_us(uint64_t last_events, int64_t last_us);

#endif
