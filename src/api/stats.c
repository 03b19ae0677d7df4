#include "api/stats.h"

#include "api/program.h"
#include "ledger/stats.h"
#include "ledger/trends.h"

static int
stats(struct call *c, struct err *e)
{
	struct stat_query q;
	struct govern *g;

	if (contract_query(&stat_query_contract, c->req->query, c->arena, &q,
	    e) != 0 || stat_range_resolve(&q, STATS_DEFAULT_DAYS,
	    STATS_MAX_DAYS, e) != 0 || program_govern(c, &g, e) != 0)
		return -1;
	return stats_answer(g->db, c->arena, &q, &c->resp->body, e);
}

static int
trends(struct call *c, struct err *e)
{
	struct trend_query t;
	struct govern *g;
	struct str next;

	if (contract_query(&trend_query_contract, c->req->query, c->arena, &t,
	    e) != 0 || trend_query_resolve(&t, e) != 0 ||
	    program_govern(c, &g, e) != 0 ||
	    trends_answer(g->db, c->arena, &t, &c->resp->body, &next, e) != 0)
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
