/* latency.h - a histogram of milliseconds: exact below 64, then 32 buckets for
 * each doubling, so that a value is known to within 1/32 of itself. */
#ifndef MODEL_LATENCY_H
#define MODEL_LATENCY_H

#include <stdint.h>

#define LATENCY_BUCKETS	1888	/* for all of int64_t */

/* No value is further above the floor of its bucket than that part of it. */
#define LATENCY_ERROR	(1.0 / 32)

/* Negative is taken for 0. */
int latency_bucket(int64_t ms);
/* The smallest value of a bucket. */
int64_t latency_floor(int bucket);

#endif
