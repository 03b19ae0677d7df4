/* Who waits for more events, and for how long. */
#include "broadcastd/gather.h"
#include "base/str.h"
#include "tap.h"

int
main(void)
{
	static const struct {
		const char *name;
		uint64_t events;
		int64_t us, want;
	} rows[] = {
		{ "nothing was sent yet", 0, 0, 0 },
		{ "one event, many subscribers", 1, 70000, 0 },
		{ "many events, few subscribers", 16, 500, 0 },
		{ "many events, a thousand subscribers", 16, 4800, 300 },
		{ "never long", 2, 10000000, 500 },
		{ "a clock that stood still", 16, 0, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++)
		ok(gather_us(rows[i].events, rows[i].us) == rows[i].want, "%s",
		    rows[i].name);
	return done_testing();
}
