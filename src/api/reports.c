#include "api/reports.h"

#include "api/answer.h"
#include "api/program.h"
#include "api/report_forms.h"
#include "govern/report.h"
#include "ledger/report_store.h"

/* What one request may take; the next one goes on. */
#define ALL_BUDGET_MS	5000
#define RECENT_DEFAULT	10
#define RECENT_MAX	100

struct list_query {
	struct str order_id;
	int64_t limit;
	bool generate;
};

#define Q struct list_query
static const struct field list_fields[] = {
	F_STR(Q, order_id, "order_id", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Only the newest report on this order."),
	F_INT(Q, limit, "limit", 0, 1, RECENT_MAX, RECENT_DEFAULT, "How many reports."),
	F_BOOL(Q, generate, "generate", "false", "Make the reports that have news first."),
	F_END
};
static const struct contract list_query_contract = {
	.name = "ReportListQuery", .size = sizeof(Q), .fields = list_fields,
	.doc = "Which reports are wanted.",
};
#undef Q

#define B struct generate_body
struct generate_body { struct str order_id, order_id_camel; };
static const struct field generate_fields[] = {
	F_STR(B, order_id, "order_id", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The order; all that have news without it."),
	F_STR(B, order_id_camel, "orderId", 0, 1, NAME_MAX_BYTES, FMT_NAME, "The same."),
	F_END
};
static const struct contract generate_contract = {
	.name = "ReportRequest", .size = sizeof(B), .fields = generate_fields,
	.doc = "Which report is to be made.",
};

static struct str
order_of(const struct generate_body *b)
{
	return b->order_id.p ? b->order_id : b->order_id_camel;
}
#undef B

static int
one_answer(struct arena *a, const struct report_row *row, int made,
    struct verb_answer *out, struct err *e)
{
	struct answer an;

	answer_begin(&an);
	if (made >= 0)
		answer_int(&an, "generated", made);
	json_key(&an.w, "report");
	contract_encode(&report_row_contract, row, &an.w);
	return answer_end(&an, a, out, e);
}

static int
all_answer(struct arena *a, const struct reports_made *m,
    struct verb_answer *out, struct err *e)
{
	struct answer an;

	answer_begin(&an);
	answer_int(&an, "generated", m->generated);
	answer_int(&an, "failed", m->failed);
	json_key(&an.w, "complete");
	json_put_bool(&an.w, m->complete);
	return answer_end(&an, a, out, e);
}

/* One order's, or all that have news. */
static int
generate(struct call *c, struct str order_id, struct verb_answer *out,
    struct err *e)
{
	struct reports_made m = { 0 };
	struct report_row row;
	struct govern *g;
	bool made;

	if (program_govern(c, &g, e) != 0)
		return -1;
	if (!order_id.p)
		return govern_reports_all(g, ALL_BUDGET_MS, NULL, NULL, &m,
		    e) != 0 ? -1 : all_answer(c->arena, &m, out, e);
	if (govern_report(g, c->arena, order_id, &row, &made, e) != 0)
		return -1;
	return one_answer(c->arena, &row, made, out, e);
}

static int
recent(struct call *c, int64_t limit, struct verb_answer *out, struct err *e)
{
	struct answer an;
	struct report_row *rows;
	struct govern *g;
	size_t n;

	if (program_govern(c, &g, e) != 0 || report_store_recent(g->db,
	    c->arena, 0, (size_t)limit, &rows, &n, e) != 0)
		return -1;
	answer_begin(&an);
	json_key(&an.w, "reports");
	json_array_open(&an.w);
	for (size_t i = 0; i < n; i++)
		contract_encode(&report_row_contract, &rows[i], &an.w);
	json_array_close(&an.w);
	return answer_end(&an, c->arena, out, e);
}

static int
newest(struct call *c, struct str order_id, struct verb_answer *out,
    struct err *e)
{
	struct report_row row;
	struct govern *g;
	int rc;

	if (program_govern(c, &g, e) != 0)
		return -1;
	rc = report_store_newest(g->db, c->arena, order_id, &row, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return report_missing(order_id, e);
	return one_answer(c->arena, &row, -1, out, e);
}

static int
may_write(const struct call *c, struct err *e)
{
	if (scope_granted(c->caller.scopes, SCOPE_REPORT_WRITE))
		return 0;
	return err_set(e, ERR_SCOPE_MISSING,
	    "the token lacks the scope report:write");
}

static int
list(struct call *c, struct err *e)
{
	struct verb_answer out;
	struct list_query q;
	int rc;

	if (contract_query(&list_query_contract, c->req->query, c->arena, &q,
	    e) != 0 || (q.generate && may_write(c, e) != 0))
		return -1;
	if (q.generate)
		rc = generate(c, q.order_id, &out, e);
	else if (q.order_id.p)
		rc = newest(c, q.order_id, &out, e);
	else
		rc = recent(c, q.limit, &out, e);
	if (rc == 0)
		program_answer(c, &out);
	return rc;
}

static int
create_verb(struct call *c, void *arg, struct verb_answer *out,
    struct err *e)
{
	return generate(c, order_of(arg), out, e);
}

static int
create(struct call *c, struct err *e)
{
	struct generate_body b;

	contract_defaults(&generate_contract, &b);
	if (program_no_query(c, e) != 0 || (c->req->body.len &&
	    program_body(c, &generate_contract, &b, e) != 0))
		return -1;
	return program_once(c, create_verb, &b, e);
}

int
reports_generate_all(struct rpc_call *r, struct verb_answer *out,
    struct err *e)
{
	char nothing;

	return rpc_params(r, &no_query_contract, &nothing, e) != 0 ? -1 :
	    generate(r->c, STR_NONE, out, e);
}

int
reports_get_recent(struct rpc_call *r, struct verb_answer *out, struct err *e)
{
	struct list_query q;

	if (rpc_params(r, &list_query_contract, &q, e) != 0)
		return -1;
	return recent(r->c, q.limit, out, e);
}

int
reports_get_by_order(struct rpc_call *r, struct verb_answer *out,
    struct err *e)
{
	struct generate_body b;

	if (rpc_params(r, &generate_contract, &b, e) != 0)
		return -1;
	if (order_of(&b).p)
		return newest(r->c, order_of(&b), out, e);
	err_set(e, ERR_INVALID, "order_id is required");
	return err_at(e, "/params/order_id");
}

const struct route reports_routes[] = {
	{ "GET", "/api/delivery/reports", "report:read", BODY_NONE, list, "The reports made last, the newest of an order, or all made anew." },
	{ "POST", "/api/delivery/reports", "report:write", BODY_JSON, create, "Make the report on an order, or on all that have news." },
	{ "GET", "/api/delivery/reports/{order_id}", "report:read", BODY_NONE, report_show, "A report as Markdown, JSON or a page." },
	{ "GET", "/api/delivery/reports/{order_id}/versions", "report:read", BODY_NONE, report_versions, "Which versions of a report there are." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ 0 }
};
