#include "api/stats.h"

#include "api/program.h"
#include "base/hash.h"
#include "http/etag.h"
#include "ledger/stats.h"
#include "ledger/trends.h"
#include "store/event_store.h"

/* The answer follows from the events, the question, and the range that was
 * meant; the client may have it already: 1, or 0; -1. */
static int
unchanged(struct call *c, struct govern *g, const struct stat_query *q,
    struct err *e)
{
	int64_t head;
	struct str parts[3], hash;

	if (event_store_head(g->db, &head, e) != 0)
		return -1;
	parts[0] = arena_fmt(c->arena, "%.*s %lld %lld %lld ",
	    STR_ARG(db_epoch(g->db)), (long long)head, (long long)q->from_ms,
	    (long long)q->to_ms);
	parts[1] = c->req->path;
	parts[2] = c->req->query.p ? c->req->query : STR("");
	hash = sha256_hex(c->arena, sha256_of_parts(parts, countof(parts)));
	return etag_unchanged(c, str_n(hash.p, 32));
}

static int
stats(struct call *c, struct err *e)
{
	struct stat_query q;
	struct govern *g;
	int same;

	if (contract_query(&stat_query_contract, c->req->query, c->arena, &q,
	    e) != 0 || stat_range_resolve(&q, STATS_DEFAULT_DAYS,
	    STATS_MAX_DAYS, e) != 0 || program_govern(c, &g, e) != 0)
		return -1;
	same = unchanged(c, g, &q, e);
	if (same != 0)
		return same < 0 ? -1 : 0;
	return stats_answer(g->db, c->arena, &q, &c->resp->body, e);
}

static int
trends(struct call *c, struct err *e)
{
	struct trend_query t;
	struct govern *g;
	struct str next;
	int same;

	if (contract_query(&trend_query_contract, c->req->query, c->arena, &t,
	    e) != 0 || trend_query_resolve(&t, e) != 0 ||
	    program_govern(c, &g, e) != 0)
		return -1;
	same = unchanged(c, g, &t.q, e);
	if (same != 0)
		return same < 0 ? -1 : 0;
	if (trends_answer(g->db, c->arena, &t, &c->resp->body, &next, e) != 0)
		return -1;
	if (next.p)
		program_next_link(c, "cursor", next);
	return 0;
}

const struct route stats_routes[] = {
	{ "GET", "/api/patches/stats", "log:read", BODY_NONE, stats, "Sums over a range of time." },
	{ "GET", "/api/patches/trends", "log:read", BODY_NONE, trends, "Sums by week, day, hour, phase, factory, order or task." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ 0 }
};
