/* gauges.h - what the daemon counts, for GET /api/stream/status and /metrics. */
#ifndef BROADCASTD_GAUGES_H
#define BROADCASTD_GAUGES_H

#include <stdint.h>

#include "broadcastd/hub.h"

/* Why a connection ended. */
enum gone {
	GONE_CLIENT,		/* it went away */
	GONE_REFUSED,		/* it got a problem document */
	GONE_TIMEOUT,		/* no request, or no token, in time */
	GONE_PROTOCOL,		/* what it sent is no WebSocket */
	GONE_LAGGING,		/* it took nothing for too long */
	GONE_BEHIND,		/* it fell too many events behind */
	GONE_SILENT,		/* no answer to pings */
	GONE_EXPIRED,		/* the token */
	GONE_TURNED_AWAY,	/* no room */
	GONE_RESTART,		/* the daemon ends */
	GONE_ANSWERED,		/* a request that is no stream */
	GONE__MAX
};

struct gauges {
	uint64_t opened[TRANSPORT__MAX];	/* streams */
	uint64_t sends[TRANSPORT__MAX];		/* calls that sent events */
	uint64_t bytes[TRANSPORT__MAX];		/* of events */
	uint64_t gone[GONE__MAX];
	uint64_t events;		/* published */
	uint64_t rings;			/* of the doorbell */
	uint64_t reads, rows;		/* of the table, for who is behind */
	uint64_t gaps;
	int64_t started_ms;		/* wall clock */
};

struct server;
/* Appended to out. */
void gauges_json(struct buf *out, const struct server *s);
void gauges_metrics(struct buf *out, const struct server *s);

#endif
