#include "api/logs.h"

#include "api/log_export.h"
#include "api/program.h"
#include "base/hash.h"
#include "contract/query.h"
#include "http/etag.h"
#include "ledger/log_query.h"

static void
pagination(struct call *c, struct json_writer *w, const struct log_query *q,
    const struct log_page *page)
{
	struct str cursor = STR_NONE;

	if (page->has_more) {
		cursor = log_cursor_text(c->arena, page);
		program_next_link(c, "cursor", cursor);
	}
	json_key(w, "pagination");
	json_object_open(w);
	json_key(w, "limit");
	json_put_int(w, q->limit);
	json_key(w, "offset");
	json_put_int(w, q->offset);
	json_key(w, "has_more");
	json_put_bool(w, page->has_more);
	json_key(w, "complete");
	json_put_bool(w, !page->cut);
	json_key(w, "next");
	json_put_str(w, cursor);
	if (q->count == LOG_COUNT_EXACT) {
		json_key(w, "total");
		if (page->total_cut)
			json_put_null(w);
		else
			json_put_int(w, page->total);
	}
	if (page->total_cut) {
		json_key(w, "total_reason");
		json_put_str(w, STR("deadline"));
	}
	json_object_close(w);
}

static int
page_answer(struct call *c, struct govern *g, struct log_query *q,
    struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct log_page page;

	if (q->limit < 0)
		q->limit = PAGE_DEFAULT_ROWS;
	if (log_query_page(g->db, c->arena, q, &page, e) != 0)
		return -1;
	if (page.cut || page.total_cut)	/* another time there may be more */
		c->resp->etag = STR_NONE;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "results");
	json_array_open(&w);
	for (size_t i = 0; i < page.n; i++)
		log_entry_write(&w, &page.rows[i]);
	json_array_close(&w);
	pagination(c, &w, q, &page);
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}

static int
refuse(struct err *e, const char *param, const char *why)
{
	err_set(e, ERR_BAD_QUERY, "%s", why);
	return err_at(e, "?%s", param);
}

/* Who follows gets all rows that come, as they come. */
static int
follow_check(struct call *c, const struct log_request *r, struct err *e)
{
	struct query_param *p;
	size_t n;

	if (r->format != LOG_NDJSON)
		return refuse(e, "follow", "it goes with format=ndjson only");
	if (r->q.to_ms >= 0)
		return refuse(e, "to", "who follows waits for what comes");
	if (r->q.limit >= 0)
		return refuse(e, "limit", "who follows gets what comes, until "
		    "he goes away");
	if (query_parse(c->req->query, c->arena, &p, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (str_is(p[i].name, "offset") || (r->q.order == LOG_DESC &&
		    str_is(p[i].name, "order")))
			return refuse(e, arena_cstr(c->arena, p[i].name),
			    "who follows gets rows from where he begins, the "
			    "oldest first");
	return 0;
}

/* What the table of parameters does not check; the format is settled. */
static int
request_check(struct call *c, struct log_request *r, struct err *e)
{
	if (r->format == LOG_FORMAT_ANY)
		r->format = r->follow || request_accepts(c->req, NDJSON_TYPE) ?
		    LOG_NDJSON : request_accepts(c->req, "text/csv") ?
		    LOG_CSV : LOG_JSON;
	if (r->follow && follow_check(c, r, e) != 0)
		return -1;
	if (r->format != LOG_JSON && r->q.count != LOG_COUNT_NONE)
		return refuse(e, "count", "the last line of an export tells "
		    "how many rows there are");
	return log_cursor_parse(&r->q, e);
}

/* A page follows from the log, whose rows are only added at one end and removed
 * at the other, and from the question. */
static int
unchanged(struct call *c, struct govern *g, struct err *e)
{
	int64_t head, oldest;
	struct str parts[2], hash;

	if (log_snapshot(g->db, &head, e) != 0 ||
	    log_oldest(g->db, &oldest, e) != 0)
		return -1;
	parts[0] = arena_fmt(c->arena, "%.*s %lld %lld ",
	    STR_ARG(db_epoch(g->db)), (long long)oldest, (long long)head);
	parts[1] = c->req->query.p ? c->req->query : STR("");
	hash = sha256_hex(c->arena, sha256_of_parts(parts, countof(parts)));
	return etag_unchanged(c, str_n(hash.p, 32));
}

static int
logs(struct call *c, struct err *e)
{
	struct log_request r;
	struct govern *g;
	int same;

	if (contract_query(&log_request_contract, c->req->query, c->arena, &r,
	    e) != 0 || request_check(c, &r, e) != 0 ||
	    program_govern(c, &g, e) != 0)
		return -1;
	response_header(c->resp, "Vary", STR("Accept"));
	if (r.format != LOG_JSON)
		return log_export(c, g, &r, e);
	same = unchanged(c, g, e);
	if (same != 0)
		return same < 0 ? -1 : 0;
	return page_answer(c, g, &r.q, e);
}

const struct route logs_routes[] = {
	{ "GET", "/api/patches/logs", "log:read", BODY_NONE, logs, "The log of patches: a page, all of it, or what comes." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ 0 }
};
