#include "model/position.h"

int64_t
position_earliest(int64_t oldest, int64_t head)
{
	return oldest > 0 ? oldest - 1 : head;
}

struct position
position_after(int64_t asked, bool same_epoch, int64_t oldest, int64_t head)
{
	int64_t before = position_earliest(oldest, head);

	if (!same_epoch || asked > head)
		return (struct position){ head, true };
	if (asked < before)
		return (struct position){ before, true };
	return (struct position){ asked, false };
}
