#include "broadcastd/gather.h"

#define PART 16
#define MIN_US 100		/* less is not worth the call */
#define MAX_US 500

int64_t
gather_us(uint64_t last_events, int64_t last_us)
{
	int64_t us = last_us / PART;

	if (last_events < 2 || us < MIN_US)
		return 0;
	return us < MAX_US ? us : MAX_US;
}
