#include "api/logs.h"

#include "api/program.h"
#include "contract/query.h"
#include "ledger/log_query.h"

static void
pagination(struct call *c, struct json_writer *w, const struct log_query *q,
    const struct log_page *page)
{
	struct str cursor = STR_NONE;

	if (page->has_more && page->n) {
		cursor = log_cursor_text(c->arena, page->snapshot_seq,
		    page->rows[page->n - 1].seq);
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
	json_key(w, "next");
	json_put_str(w, cursor);
	if (page->total >= 0) {
		json_key(w, "total");
		json_put_int(w, page->total);
	}
	json_object_close(w);
}

static int
logs(struct call *c, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);
	struct log_query q;
	struct log_page page;
	struct govern *g;

	if (contract_query(&log_query_contract, c->req->query, c->arena, &q,
	    e) != 0 || log_cursor_parse(&q, e) != 0 ||
	    program_govern(c, &g, e) != 0 ||
	    log_query_page(g->db, c->arena, &q, &page, e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "results");
	json_array_open(&w);
	for (size_t i = 0; i < page.n; i++)
		contract_encode(&patch_log_contract, &page.rows[i], &w);
	json_array_close(&w);
	pagination(c, &w, &q, &page);
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}

const struct route logs_routes[] = {
	{ "GET", "/api/patches/logs", "log:read", BODY_NONE, logs, "The log of patches, a page at a time." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ 0 }
};
