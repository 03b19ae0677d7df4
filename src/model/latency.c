#include "model/latency.h"

#define STEPS_LOG2	5
#define STEPS		(1 << STEPS_LOG2)

int
latency_bucket(int64_t ms)
{
	int top;

	if (ms < 2 * STEPS)
		return ms < 0 ? 0 : (int)ms;
	/* the highest bit, at least bit STEPS_LOG2 + 1 */
	top = 63 - __builtin_clzll((unsigned long long)ms);
	return (top - STEPS_LOG2 + 1) * STEPS +
	    (int)(ms >> (top - STEPS_LOG2)) - STEPS;
}

int64_t
latency_floor(int bucket)
{
	int doubling = bucket / STEPS - 1;

	if (bucket < 2 * STEPS)
		return bucket;
	return (int64_t)(STEPS + bucket % STEPS) << doubling;
}
