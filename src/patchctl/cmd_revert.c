/* revert and notify: take a patch back, tell of it again. */
#include <stdio.h>

#include "local/trail.h"
#include "model/revert.h"
#include "patchctl/fields.h"
#include "patchctl/show.h"
#include "patchctl/target.h"

static int
revert_here(struct command_line *l, const struct target *t,
    const struct local_undo *u, struct err *e)
{
	struct plan_limits limits = target_limits(l);
	struct local_outcome o;
	struct local here;
	int rc = target_open(l, t, u->dry_run ? LOCAL_LOOK : LOCAL_EDIT,
	    &here, e);
	const char *root = here.root;

	if (rc == 0)
		rc = local_revert(&here, u, &limits, &o, e);
	local_close(&here);
	if (rc != 0)
		return -1;
	if (!u->dry_run)
		target_post(l, root);
	return show_outcome(l, &o);
}

static int
revert_there(struct command_line *l, const struct target *t, struct str id,
    const struct revert_body *b, struct err *e)
{
	struct buf body = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&body);
	struct remote_call call = { .method = "POST", .changes = !b->dry_run,
	    .path = remote_patch(l->a, id, "/revert") };
	struct https_answer got;
	int rc;

	contract_encode(&revert_patch_contract, b, &w);
	call.body = buf_str(&body);
	rc = remote_ask(l, t, &call, &got, e);
	buf_free(&body);
	return rc != 0 ? -1 : show_answer(l, &got, NULL, e);
}

static int
revert(struct command_line *l, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS];
	struct field_options o = { .a = l->a };
	struct target t = { 0 };
	struct revert_body b;
	struct str id;

	contract_defaults(&revert_patch_contract, &b);
	field_options_add(&o, revert_patch_contract.fields, &b, NULL);
	if (target_patch(l, &t, rows, field_options_rows(&o, rows), &id,
	    e) != 0 || field_options_set(&o, e) != 0)
		return -1;
	if (t.remote)
		return revert_there(l, &t, id, &b, e);
	return revert_here(l, &t, &(struct local_undo){ id, b.requester,
	    b.reason, b.dry_run }, e);
}

static bool
is_outcome(const struct patch_event *p)
{
	return p->type == EVENT_PATCH_APPLIED ||
	    p->type == EVENT_PATCH_FAILED || p->type == EVENT_PATCH_REVERTED;
}

static int
notify(struct command_line *l, struct err *e)
{
	struct option_row rows[TARGET_OPTIONS];
	const struct patch_event *last = NULL;
	struct patch_event *events;
	struct outbox_target to;
	struct target t = { 0 };
	struct local here;
	struct str id;
	size_t n = 0;
	int rc;

	if (target_patch(l, &t, rows, 0, &id, e) != 0 ||
	    target_must_be_local(&t, e) != 0)
		return -1;
	if (!target_orchestrator(&to))
		return err_set(e, ERR_USAGE,
		    "ORCHESTRATOR_URL has to say who is notified");
	rc = target_open(l, &t, LOCAL_LOOK, &here, e);
	if (rc == 0)
		rc = trail_of(&here, id, &events, &n, e);
	for (size_t i = 0; i < n; i++)
		if (is_outcome(&events[i]))
			last = &events[i];
	local_close(&here);
	if (rc == 0 && !last)
		return err_set(e, ERR_NOT_FOUND, "the log does not say yet "
		    "what became of %.*s", STR_ARG(id));
	if (rc != 0 || outbox_send_one(l->a, &to, last, e) != 0)
		return -1;
	printf(l->json ? "{\"ok\":true,\"patch_id\":\"%.*s\"}\n" :
	    "notified  %.*s\n", STR_ARG(id));
	return 0;
}

const struct command revert_commands[] = {
	{ "revert", "ID [--dry-run] [--requester TEXT] [--reason TEXT] [--workspace TEXT] " TARGET_ARGS, revert, "Take a patch back.", "Later edits of the same file stay; when they are in the way, nothing is done.\n\nExample:\n  patchctl revert 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d --reason 'broke the build'", true, NULL },
	{ "notify", "ID [--root DIR] [--json]", notify, "Send the orchestrator a patch's event again.", "To ORCHESTRATOR_URL, with ORCHESTRATOR_TOKEN.\n\nExample:\n  ORCHESTRATOR_URL=http://127.0.0.1:8080 patchctl notify 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d", true, NULL },
	{ 0 }
};
