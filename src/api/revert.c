#include "api/revert.h"

#include "api/program.h"
#include "govern/revert.h"
#include "model/revert.h"
#include "model/scope.h"

static int
choose(const struct revert_body *b, struct revert_choice *c, struct err *e)
{
	/* a requester alone is who asks for it: since makes it a choice */
	const struct {
		const char *at;
		struct revert_choice choice;
	} rows[] = {
		{ "/batch_id", { .by = REVERT_BATCH, .id = b->batch_id } },
		{ "/order_id", { .by = REVERT_ORDER, .id = b->order_id } },
		{ "/task_id", { .by = REVERT_TASK, .id = b->task_id } },
		{ "/since", { .by = REVERT_REQUESTER, .id = b->since_ms >= 0 ?
		    b->requester : STR_NONE } },
	};
	const char *at = rows[0].at;	/* what is missing, or too much */
	size_t n = 0;

	if (b->since_ms >= 0 && !b->requester.p) {
		err_set(e, ERR_INVALID, "since goes with a requester");
		return err_at(e, "/since");
	}
	for (size_t i = 0; i < countof(rows); i++) {
		if (!rows[i].choice.id.p)
			continue;
		*c = rows[i].choice;
		if (n++)
			at = rows[i].at;
	}
	if (n != 1) {
		err_set(e, ERR_INVALID, "give exactly one of batch_id, "
		    "order_id, task_id, and requester with since");
		return err_at(e, "%s", at);
	}
	c->workspace = b->workspace;
	c->since_ms = b->since_ms;
	return 0;
}

static int
run(struct call *c, const struct revert_body *b,
    const struct revert_choice *what, const char *route, struct err *e)
{
	struct revert_request r = { .what = *what, .reason = b->reason,
	    .requester = b->requester.p ? b->requester : c->caller.name,
	    .dry_run = b->dry_run };
	struct verb_request verb = program_verb(c, route);
	struct verb_answer out = { 0 };
	struct govern *g;

	/* the route asks for patch:preview, which is enough for a dry run */
	if (!b->dry_run && !scope_granted(c->caller.scopes, SCOPE_PATCH_REVERT))
		return err_set(e, ERR_SCOPE_MISSING,
		    "the token lacks the scope patch:revert");
	if (program_govern(c, &g, e) != 0 ||
	    govern_revert(g, c->arena, &r, &verb, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}

int
patch_revert(struct call *c, struct err *e)
{
	struct revert_choice what = { .by = REVERT_PATCH, .id = c->param[0] };
	struct revert_body b = { 0 };

	contract_defaults(&revert_patch_contract, &b);
	/* there is nothing that the body must say, so there need be none */
	if (c->req->body.len && !request_is_type(c->req->content_type,
	    "application/json"))
		return err_set(e, ERR_MEDIA_TYPE,
		    "the body must be application/json");
	if (program_no_query(c, e) != 0 || (c->req->body.len &&
	    program_body(c, &revert_patch_contract, &b, e) != 0))
		return -1;
	if (what.id.len < 1 || what.id.len > NAME_MAX_BYTES)
		return err_set(e, ERR_NOT_FOUND, "there is no such patch");
	what.workspace = b.workspace;
	/* the path is part of what an Idempotency-Key stands for */
	return run(c, &b, &what, arena_fmt(c->arena,
	    "POST /api/patches/%.*s/revert", STR_ARG(what.id)).p, e);
}

int
patches_revert(struct call *c, struct err *e)
{
	struct revert_choice what = { 0 };
	struct revert_body b;

	if (program_no_query(c, e) != 0 ||
	    program_body(c, &revert_many_contract, &b, e) != 0 ||
	    choose(&b, &what, e) != 0)
		return -1;
	return run(c, &b, &what, "POST /api/patches/revert", e);
}
