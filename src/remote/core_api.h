/* core_api.h - the two proxies of logs that the specification names.
 *
 *	GET {CORE_CLOUDFLARE_API}/v1/logs/workers?window=24h
 *	GET {CORE_GITHUB_API}/v1/actions/runs/logs?window=24h
 *
 * Each answers {"logs":[…]}, all in one: there are no pages.  The window ends
 * when they are asked.  Beside the specified members a line may have id, ts,
 * and one of a build workflow, job and step. */
#ifndef REMOTE_CORE_API_H
#define REMOTE_CORE_API_H

#include "remote/json_api.h"
#include "remote/lines.h"

struct core_api {
	struct json_api api;
	const char *source;	/* what the lines call it */
	enum line_kind kind;	/* which of the two it is */
};

/* All since then.  Lines without id and time get an id of what they say; those
 * of a worker also of the day, so that what comes again another day is news. */
int core_api_logs(struct core_api *c, struct arena *a, int64_t from_ms,
    int64_t now_ms, struct line_sink *to, struct err *e);

#endif
