/* cloudflare.h - events of Workers that Cloudflare has stored (Workers
 * Observability: POST …/telemetry/query, view "events").
 *
 * Asks for what has an error or a level that is severe enough, page after page;
 * Cloudflare keeps seven days at most, and gives a sample when there are too
 * many, which is noted. */
#ifndef REMOTE_CLOUDFLARE_H
#define REMOTE_CLOUDFLARE_H

#include "remote/json_api.h"
#include "remote/lines.h"

#define CLOUDFLARE_KEEPS_MS (7 * INT64_C(86400000))

struct cloudflare {
	struct json_api api;		/* "https://api.cloudflare.com/client/v4" */
	struct str account;		/* 32 hex digits */
};

struct cloudflare_query {
	int64_t from_ms, to_ms;
	enum line_level level;		/* and worse */
	struct str offset;		/* id of the last event that is known;
					   STR_NONE: from the start */
	int64_t max;			/* events */
	/* A page was given, the last of its events was this one; borrowed. */
	void (*reached)(void *to, struct str id);
	void *to;
};

/* ERR_CONFIG for an account that is none. */
int cloudflare_check(struct str account, struct err *e);
/* 0 when all up to max were given. */
int cloudflare_events(struct cloudflare *c, const struct cloudflare_query *q,
    struct line_sink *to, struct err *e);

#endif
