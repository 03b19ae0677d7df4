#include "api/rpc.h"

#include <stdio.h>

#include "api/ops_scan.h"
#include "api/patches.h"
#include "api/program.h"
#include "api/reports.h"
#include "api/tools.h"
#include "base/log.h"
#include "contract/problem.h"
#include "edit/ops.h"
#include "govern/apply.h"

/* Of the specification (5.1); -32000 is ours: data is a problem document. */
enum rpc_code {
	RPC_PARSE = -32700, RPC_INVALID = -32600, RPC_NO_METHOD = -32601,
	RPC_PARAMS = -32602, RPC_INTERNAL = -32603, RPC_REFUSED = -32000,
};

#define ROUTE "POST /api/rpc"

int
rpc_params(struct rpc_call *r, const struct contract *k, void *out,
    struct err *e)
{
	const struct json *n = r->params;

	contract_defaults(k, out);
	if (n && json_kind(n) == JSON_ARRAY && json_count(n) == 1)
		n = json_item(n, 0);
	else if (n && json_kind(n) == JSON_ARRAY && json_count(n) == 0)
		n = NULL;
	if (!n) {
		struct str nothing = STR("{}");

		return contract_decode_text(k, nothing, r->c->arena, out, e);
	}
	return contract_decode(k, n, r->c->arena, out, e);
}

static int
apply_patches(struct rpc_call *r, struct verb_answer *out, struct err *e)
{
	struct apply_request req = { .verb = r->verb };
	struct patch_batch b;
	struct govern *g;

	if (rpc_params(r, &patch_batch_contract, &b, e) != 0 ||
	    patches_may(r->c, &b, e) != 0 || program_govern(r->c, &g, e) != 0)
		return -1;
	return govern_apply(g, r->c->arena, &b, &req, out, e);
}

static const struct rpc_method methods[] = {
	{ "DeliveryReports.generateAll", SCOPE_REPORT_WRITE, reports_generate_all, "Make the reports that have news." },
	{ "DeliveryReports.getByOrder", SCOPE_REPORT_READ, reports_get_by_order, "The newest report on an order." },
	{ "DeliveryReports.getRecent", SCOPE_REPORT_READ, reports_get_recent, "The reports made last." },
	{ "OpsScan.scan", SCOPE_OPS_WRITE, ops_scan_rpc, "Read the sources of logs, and make issues of what they say." },
	{ "PatchOps.applyPatches", SCOPE_PATCH_PREVIEW, apply_patches, "Apply a batch, all or nothing." },
};

static const struct rpc_method *
method_find(struct str name)
{
	for (size_t i = 0; i < countof(methods); i++)
		if (str_is(name, methods[i].name))
			return &methods[i];
	return NULL;
}

static void
answer_open(struct json_writer *w, const struct json *id)
{
	json_object_open(w);
	json_key(w, "jsonrpc");
	json_put_str(w, STR("2.0"));
	json_key(w, "id");
	if (id && json_kind(id) == JSON_STRING)
		json_put_str(w, json_as_str(id));
	else if (id && json_kind(id) == JSON_INT)
		json_put_int(w, json_as_int(id));
	else
		json_put_null(w);
}

static void
put_error(struct json_writer *w, const struct json *id, enum rpc_code code,
    const char *message, struct str problem)
{
	answer_open(w, id);
	json_key(w, "error");
	json_object_open(w);
	json_key(w, "code");
	json_put_int(w, code);
	json_key(w, "message");
	json_put_str(w, str(message));
	if (problem.p) {
		json_key(w, "data");
		json_put_raw(w, problem);
	}
	json_object_close(w);
	json_object_close(w);
}

/* A fault of ours or of the parameters, with its problem document. */
static void
put_fault(struct json_writer *w, const struct json *id, struct call *c,
    const struct err *e)
{
	int status = err_http(e);
	struct buf problem = BUF_INIT(ANSWER_MAX_BYTES);
	struct json_writer p = JSON_WRITER(&problem);

	json_object_open(&p);
	problem_members(&p, e, c->req->request_id);
	json_object_close(&p);
	put_error(w, id, status == 422 ? RPC_PARAMS : status == 500 ?
	    RPC_INTERNAL : RPC_REFUSED, e->detail, buf_str(&problem));
	if (status >= 500)
		log_warn("call failed", "request_id", c->req->request_id.p,
		    "detail", e->detail, NULL);
	buf_free(&problem);
}

/* What is wrong with the envelope; NULL: nothing. */
static const char *
envelope_fault(const struct json *n, const struct json **id)
{
	const struct json *v;

	*id = NULL;
	if (json_kind(n) != JSON_OBJECT)
		return "a call is an object";
	if (json_member(n, "id", id) && json_kind(*id) != JSON_STRING &&
	    json_kind(*id) != JSON_INT && json_kind(*id) != JSON_NULL) {
		*id = NULL;
		return "id is a text, an integer, or null";
	}
	if (!json_member(n, "jsonrpc", &v) || json_kind(v) != JSON_STRING ||
	    !str_is(json_as_str(v), "2.0"))
		return "jsonrpc is not \"2.0\"";
	if (!json_member(n, "method", &v) || json_kind(v) != JSON_STRING)
		return "method is no text";
	if (json_member(n, "params", &v) && json_kind(v) != JSON_OBJECT &&
	    json_kind(v) != JSON_ARRAY)
		return "params is an object or an array";
	for (json_each(it, n))
		if (!str_is(it.key, "jsonrpc") && !str_is(it.key, "id") &&
		    !str_is(it.key, "method") && !str_is(it.key, "params"))
			return "a call has jsonrpc, method, params and id";
	return NULL;
}

static int
run(const struct rpc_method *m, struct rpc_call *r, struct verb_answer *out,
    struct err *e)
{
	if (!scope_granted(r->c->caller.scopes, m->scope))
		return err_set(e, ERR_SCOPE_MISSING,
		    "the token lacks the scope %s", scope_name(m->scope));
	return m->run(r, out, e);
}

/* One call of the body; nothing is said of a notification, which has no id. */
static void
serve(struct call *c, const struct json *n, size_t i, struct buf *to)
{
	struct json_writer w = JSON_WRITER(to);
	const struct json *id, *name = NULL, *params = NULL;
	const char *fault = envelope_fault(n, &id);
	bool silent = !fault && !json_member(n, "id", &id);
	const struct rpc_method *m;
	struct verb_answer out = { 0 };
	struct err e = { 0 };

	if (fault) {
		put_error(&w, id, RPC_INVALID, fault, STR_NONE);
		return;
	}
	json_member(n, "method", &name);
	json_member(n, "params", &params);
	m = method_find(json_as_str(name));
	if (m) {
		struct rpc_call r = { c, params, program_verb(c, ROUTE) };

		/* one key, several calls: each is remembered for itself */
		if (r.verb.idempotency_key.p && i > 0)
			r.verb.idempotency_key = arena_fmt(c->arena,
			    "%.*s#%zu", STR_ARG(r.verb.idempotency_key), i);
		if (run(m, &r, &out, &e) == 0 && out.status != 200)
			err_set(&e, ERR_INVALID, "refused; data says why");
	}
	if (silent)
		return;
	if (!m) {
		put_error(&w, id, RPC_NO_METHOD, "there is no such method",
		    STR_NONE);
	} else if (e.kind != ERR_NONE && out.status == 0) {
		put_fault(&w, id, c, &e);
	} else if (e.kind != ERR_NONE) {
		put_error(&w, id, RPC_REFUSED, e.detail, str_trim(out.body));
	} else {
		answer_open(&w, id);
		json_key(&w, "result");
		json_put_raw(&w, str_trim(out.body));
		json_object_close(&w);
	}
}

static void
serve_all(struct call *c, const struct json *root, struct buf *to)
{
	size_t n = json_count(root), shown = 0;

	for (size_t i = 0; i < n; i++) {
		struct buf one = BUF_INIT(ANSWER_MAX_BYTES);

		serve(c, json_item(root, i), i, &one);
		if (one.len) {
			buf_addc(to, shown++ ? ',' : '[');
			buf_add(to, buf_str(&one));
		}
		buf_free(&one);
	}
	if (shown)
		buf_addc(to, ']');
}

static int
rpc(struct call *c, struct err *e)
{
	struct buf *to = &c->resp->body;
	struct json_writer w = JSON_WRITER(to);
	const struct json *root;
	struct json_doc *doc;
	struct err bad = { 0 };

	if (program_no_query(c, e) != 0)
		return -1;
	if (json_parse(c->req->body, c->arena, &doc, &bad) != 0) {
		put_error(&w, NULL, RPC_PARSE, bad.detail, STR_NONE);
		return buf_check(to, "the answer", e);
	}
	root = json_root(doc);
	if (json_kind(root) != JSON_ARRAY)
		serve(c, root, 0, to);
	else if (json_count(root) == 0 || json_count(root) > RPC_MAX_CALLS)
		put_error(&w, NULL, RPC_INVALID, json_count(root) ?
		    "too many calls in one request" : "there is no call",
		    STR_NONE);
	else
		serve_all(c, root, to);
	json_doc_free(doc);
	if (to->len == 0) {		/* nothing but notifications */
		c->resp->status = 204;
		c->resp->type = NULL;
		return 0;
	}
	buf_addc(to, '\n');
	return buf_check(to, "the answer", e);
}

const struct route agent_routes[] = {
	{ "POST", "/api/rpc", "any", BODY_JSON, rpc, "JSON-RPC 2.0: the verbs by their specified names." },
	{ "GET", "/api/tools", "any", BODY_NONE, tools_list, "The functions for language models." },
	{ "POST", "/api/tools/{name}", "any", BODY_JSON, tools_call, "Call one of them." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ 0 }
};
