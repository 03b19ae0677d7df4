#include "api/patches.h"

#include "api/bridge.h"
#include "api/coords.h"
#include "api/events.h"
#include "api/files.h"
#include "api/program.h"
#include "api/revert.h"
#include "api/tickets.h"
#include "api/trail.h"
#include "base/id.h"
#include "edit/ops.h"
#include "govern/apply.h"
#include "model/scope.h"
#include "store/patch_diff.h"

#define NDJSON "application/x-ndjson"

static void
stream_line(struct response *r, struct buf *line)
{
	if (!r->streaming) {
		r->type = NDJSON;
		response_stream_begin(r);
	}
	buf_addc(line, '\n');
	response_stream(r, buf_str(line));
	buf_free(line);
}

static void
stream_event(void *to, const struct patch_event *p)
{
	struct buf line = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&line);

	contract_encode(&patch_event_contract, p, &w);
	stream_line(to, &line);
}

/* Progress, not an event: those are told when they are durable. */
static void
stream_verdict(void *to, const struct verdict *v)
{
	struct buf line = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&line);

	json_object_open(&w);
	json_key(&w, "type");
	json_put_str(&w, STR("validator"));
	contract_encode_members(&verdict_contract, v, &w);
	json_object_close(&w);
	stream_line(to, &line);
}

int
patches_run(struct call *c, struct patch_batch *b, const char *route,
    struct err *e)
{
	bool lines = request_accepts(c->req, NDJSON);
	struct apply_request req = {
		.verb = program_verb(c, route),
		.on_event = lines ? stream_event : NULL,
		.on_verdict = lines ? stream_verdict : NULL, .to = c->resp,
	};
	struct verb_answer out;
	struct govern *g;

	if (program_govern(c, &g, e) != 0 ||
	    govern_apply(g, c->arena, b, &req, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}

int
patches_may(const struct call *c, const struct patch_batch *b, struct err *e)
{
	if (b->dry_run || scope_granted(c->caller.scopes, SCOPE_PATCH_APPLY))
		return 0;
	return err_set(e, ERR_SCOPE_MISSING,
	    "the token lacks the scope patch:apply");
}

static int
apply(struct call *c, struct err *e)
{
	struct patch_batch b;

	if (program_no_query(c, e) != 0 ||
	    program_body(c, &patch_batch_contract, &b, e) != 0)
		return -1;
	if (patches_may(c, &b, e) != 0)
		return -1;
	return patches_run(c, &b, "POST /api/patches/apply", e);
}

static int
simulate(struct call *c, struct err *e)
{
	struct patch_batch b;

	if (program_no_query(c, e) != 0 ||
	    program_body(c, &patch_batch_contract, &b, e) != 0)
		return -1;
	b.dry_run = true;
	return patches_run(c, &b, "POST /api/patches/simulate", e);
}

static int
diff(struct call *c, struct err *e)
{
	struct govern *g;
	struct str text;
	int rc;

	if (program_no_query(c, e) != 0 || trail_check_id(c->param[0], e) != 0 ||
	    program_govern(c, &g, e) != 0)
		return -1;
	rc = patch_diff_get(g->db, c->arena, c->param[0], &text, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no diff of a patch "
		    "%.*s", STR_ARG(c->param[0]));
	c->resp->type = "text/x-diff";
	buf_add(&c->resp->body, text);
	return 0;
}

const struct route patches_routes[] = {
	{ "POST", "/api/patches/apply", "patch:preview", BODY_JSON, apply, "Apply a batch, all or nothing." },
	{ "POST", "/api/patches/simulate", "patch:preview", BODY_JSON, simulate, "Tell what a batch would do." },
	{ "POST", "/api/patches/events", "event:write", BODY_LINES, patch_events_publish, "Take patch events from elsewhere." },
	{ "POST", "/api/patches/revert", "patch:preview", BODY_JSON, patches_revert, "Take the patches of a batch, an order, a task or a requester back." },
	{ "POST", "/api/patches/{id}/revert", "patch:preview", BODY_NONE, patch_revert, "Take one patch back." },
	{ "POST", "/api/patches/bridge", "patch:preview", BODY_JSON, bridge_phase, "Make a batch of a phase's files." },
	{ "POST", "/api/patches/review", "patch:preview", BODY_JSON, bridge_review, "Make a batch of a review's fixes." },
	{ "POST", "/api/coords/resolve", "log:read", BODY_JSON, coords_resolve, "Where a marker, an anchor or a pattern stands." },
	{ "GET", "/api/patches", "log:read", BODY_NONE, trail_order, "What was told and done for an order: its chain of custody." },
	{ "GET", "/api/patches/{id}", "log:read", BODY_NONE, trail_patch, "All events of one patch." },
	{ "GET", "/api/patches/{id}/diff", "log:read", BODY_NONE, diff, "The unified diff of one patch." },
	{ "GET", "/api/files/{path...}", "log:read", BODY_NONE, files_get, "A file, or lines of it, with hashes." },
	{ "POST", "/api/events", "event:write", BODY_LINES, events_publish, "Publish a factory's messages." },
	{ "GET", "/api/events", "log:read", BODY_NONE, events_list, "The event stream as a list." },
	{ "POST", "/api/stream/tickets", "stream:read", BODY_NONE, tickets_new, "A one-shot ticket for /ws or /sse." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ "GET", "/readyz", NULL, BODY_NONE, readyz, "Can it do its work?" },
	{ 0 }
};
