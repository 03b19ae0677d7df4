#include "api/bridge.h"

#include "api/patches.h"
#include "api/program.h"
#include "bridge/bridge.h"
#include "edit/ops.h"
#include "govern/recover.h"
#include "policy/policy.h"

struct bridge_query {
	bool apply;
};

static const struct field fields[] = {
	F_BOOL(struct bridge_query, apply, "apply", "false", "Apply the batch at once."),
	F_END
};

static const struct contract bridge_query_contract = {
	.name = "BridgeQuery", .size = sizeof(struct bridge_query),
	.fields = fields, .doc = "What becomes of the batch.",
};

/* One request: what was made of the body. */
struct bridged {
	struct bridge_query query;
	struct patch_batch batch;
	struct str *unfixed;
	size_t n_unfixed;
	bool reviewed;
	const struct patch_batch *asked;	/* in the body */
	struct govern *g;
	struct held held;
};

/* Read the body, and hold its workspace: held_end(), also after -1. */
static int
begin(struct call *c, const struct contract *k, void *body,
    struct bridged *b, struct err *e)
{
	b->held = (struct held){ NULL, -1 };
	if (contract_query(&bridge_query_contract, c->req->query, c->arena,
	    &b->query, e) != 0 || program_body(c, k, body, e) != 0 ||
	    (b->query.apply && patches_may(c, b->asked, e) != 0) ||
	    program_govern(c, &b->g, e) != 0)
		return -1;
	return held_begin(b->g, c->arena, b->asked->workspace, FD_LOCK_SHARED,
	    &b->held, e);
}

/* What the client would send to be applied, read as if it had sent it. */
static int
again(struct call *c, struct bridged *b, struct err *e)
{
	struct buf text = BUF_INIT(BODY_MAX_BYTES * 2);
	struct json_writer w = JSON_WRITER(&text);
	int rc;

	contract_encode(&patch_batch_contract, &b->batch, &w);
	rc = buf_check(&text, "the batch", e);
	if (rc == 0)
		rc = contract_decode_text(&patch_batch_contract,
		    buf_str(&text), c->arena, &b->batch, e);
	buf_free(&text);
	return rc;
}

static int
show(struct call *c, const struct bridged *b, struct err *e)
{
	struct json_writer w = JSON_WRITER(&c->resp->body);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "batch");
	contract_encode(&patch_batch_contract, &b->batch, &w);
	if (b->reviewed) {
		json_key(&w, "unfixed");
		json_array_open(&w);
		for (size_t i = 0; i < b->n_unfixed; i++)
			json_put_str(&w, b->unfixed[i]);
		json_array_close(&w);
	}
	json_object_close(&w);
	buf_addc(&c->resp->body, '\n');
	return buf_check(&c->resp->body, "the answer", e);
}

/* The batch tells which version a file is at and where its markers are: nothing
 * that is for those to know who may not edit it.  Applying asks for itself. */
static int
check_policy(struct call *c, const struct bridged *b, struct err *e)
{
	struct policy policy = { 0 };

	if (policy_of(b->g->cfg, c->arena, b->batch.workspace, &policy, e) < 0)
		return -1;
	for (size_t k = 0; k < b->batch.n_ops; k++) {
		struct str file = b->batch.ops[k].file;

		if (!file.p || !policy_denies(&policy, file))
			continue;
		err_set(e, ERR_PATH_DENIED, "the policy of the workspace does "
		    "not let %.*s be edited", STR_ARG(file));
		return err_at(e, "%.*s", STR_ARG(file));
	}
	return 0;
}

static int
finish(struct call *c, struct bridged *b, const char *route, struct err *e)
{
	if (!b->query.apply)
		return check_policy(c, b, e) != 0 ? -1 : show(c, b, e);
	return again(c, b, e) != 0 ? -1 : patches_run(c, &b->batch, route, e);
}

int
bridge_phase(struct call *c, struct err *e)
{
	struct bridge_request q;
	struct bridged b = { .asked = &q.batch };
	int rc = begin(c, &bridge_request_contract, &q, &b, e);

	if (rc == 0)
		rc = bridge_batch(c->arena, b.held.ws,
		    (size_t)b.g->cfg->file_bytes, &q, &b.batch, e);
	held_end(&b.held);
	return rc != 0 ? -1 : finish(c, &b, "POST /api/patches/bridge", e);
}

int
bridge_review(struct call *c, struct err *e)
{
	struct review_request q;
	struct bridged b = { .asked = &q.batch, .reviewed = true };
	int rc = begin(c, &review_request_contract, &q, &b, e);

	if (rc == 0)
		rc = review_batch(c->arena, b.held.ws,
		    (size_t)b.g->cfg->file_bytes, &q, &b.batch, &b.unfixed,
		    &b.n_unfixed, e);
	held_end(&b.held);
	return rc != 0 ? -1 : finish(c, &b, "POST /api/patches/review", e);
}
