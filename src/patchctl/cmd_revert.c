/* revert and notify: take a patch back, tell of it again. */
#include <stdio.h>

#include "local/trail.h"
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

static const struct field undo_fields[] = {
	F_STR(struct local_undo, requester, "requester", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Who asks."),
	F_STR(struct local_undo, reason, "reason", 0, 1, REASON_MAX_BYTES, FMT_TEXT, "Why."),
	F_BOOL(struct local_undo, dry_run, "dryRun", "false", "Tell what would happen; write nothing."),
	F_END
};

static const struct contract undo_contract = {
	.name = "Revert", .size = sizeof(struct local_undo),
	.fields = undo_fields, .doc = "Take a patch back.",
};

/* What was not given is not sent: the server has its own defaults. */
static struct str
undo_body(struct arena *a, const struct field_options *o,
    const struct local_undo *u)
{
	struct buf out = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&out);
	struct str text;

	json_object_open(&w);
	if (u->requester.p) {
		json_key(&w, "requester");
		json_put_str(&w, u->requester);
	}
	if (u->reason.p) {
		json_key(&w, "reason");
		json_put_str(&w, u->reason);
	}
	if (field_options_given(o, "dry-run")) {
		json_key(&w, "dryRun");
		json_put_bool(&w, true);
	}
	json_object_close(&w);
	text = arena_str(a, buf_str(&out));
	buf_free(&out);
	return text;
}

static int
revert(struct command_line *l, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS];
	struct field_options o = { .a = l->a };
	struct remote_call call = { .method = "POST" };
	struct target t = { 0 };
	struct https_answer got;
	struct local_undo u;

	contract_defaults(&undo_contract, &u);
	field_options_add(&o, undo_fields, &u, NULL);
	if (target_patch(l, &t, rows, field_options_rows(&o, rows), &u.patch_id,
	    e) != 0 || field_options_set(&o, e) != 0)
		return -1;
	if (!t.remote)
		return revert_here(l, &t, &u, e);
	call.path = remote_patch(l->a, u.patch_id, "/revert");
	call.body = undo_body(l->a, &o, &u);
	call.changes = !u.dry_run;
	if (remote_ask(l, &t, &call, &got, e) != 0)
		return -1;
	return show_answer(l, &got, NULL, e);
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
	{ "revert", "ID [--dry-run] [--requester TEXT] [--reason TEXT] " TARGET_ARGS, revert, "Take a patch back.", "Later edits of the same file stay; when they are in the way, nothing is done.\n\nExample:\n  patchctl revert 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d --reason 'broke the build'", true, NULL },
	{ "notify", "ID [--root DIR] [--json]", notify, "Send the orchestrator a patch's event again.", "To ORCHESTRATOR_URL, with ORCHESTRATOR_TOKEN.\n\nExample:\n  ORCHESTRATOR_URL=http://127.0.0.1:8080 patchctl notify 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d", true, NULL },
	{ 0 }
};
