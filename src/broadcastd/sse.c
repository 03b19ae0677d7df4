#include "broadcastd/sse.h"

#include "base/limits.h"

void
sse_put_event(struct buf *out, int64_t id, const char *type, struct str data)
{
	if (id >= 0)
		buf_addf(out, "id: %lld\n", (long long)id);
	buf_adds(out, "event: ");
	buf_adds(out, type);
	buf_adds(out, "\ndata: ");
	buf_add(out, data);
	buf_adds(out, "\n\n");
}

void
sse_put_position(struct buf *out, int64_t pos)
{
	buf_addf(out, "id: %lld\n\n", (long long)pos);
}

void
sse_put_retry(struct buf *out, int ms)
{
	buf_addf(out, "retry: %d\n\n", ms);
}

void
sse_put_heartbeat(struct buf *out)
{
	buf_adds(out, ": heartbeat\n\n");
}

void
sse_put_preamble(struct buf *out, int retry_ms)
{
	char *room = buf_room(out, KIB(2));

	if (room) {
		memset(room, ' ', KIB(2));
		room[0] = ':';
		buf_added(out, KIB(2));
	}
	buf_adds(out, "\n");
	sse_put_retry(out, retry_ms);
}
