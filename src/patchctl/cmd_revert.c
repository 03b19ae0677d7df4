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

/* One patch, or (id absent) all that the body selects. */
static int
revert_there(struct command_line *l, const struct target *t, struct str id,
    const struct revert_body *b, struct err *e)
{
	struct buf body = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&body);
	struct remote_call call = { .method = "POST", .changes = !b->dry_run,
	    .path = id.p ? remote_patch(l->a, id, "/revert") :
		STR("/api/patches/revert") };
	struct https_answer got;
	int rc;

	contract_encode(id.p ? &revert_patch_contract : &revert_many_contract,
	    b, &w);
	call.body = buf_str(&body);
	rc = remote_ask(l, t, &call, &got, e);
	buf_free(&body);
	return rc != 0 ? -1 : show_answer(l, &got, NULL, e);
}

/* An id, or what selects several: a batch, an order, a task, or a requester's
 * patches since a time. */
static int
what_to_revert(const struct command_line *l, const struct target *t,
    const struct revert_body *b, struct str *id, struct err *e)
{
	bool many = b->batch_id.p || b->order_id.p || b->task_id.p ||
	    b->since_ms >= 0;

	if (l->argc > 1 || (l->argc == 1) == many)
		return err_set(e, ERR_USAGE, "give the id of a patch, or one of"
		    " --batch-id, --order-id, --task-id, --requester with "
		    "--since");
	if (many && !t->remote)
		return err_set(e, ERR_USAGE, "a tree here takes back one patch "
		    "at a time; several are for a server (--url, --remote)");
	if (!many)
		*id = str(l->argv[0]);
	return 0;
}

static int
revert(struct command_line *l, struct err *e)
{
	struct option_row rows[FIELD_OPTIONS_MAX + TARGET_OPTIONS];
	struct field_options o = { .a = l->a };
	struct target t = { 0 };
	struct revert_body b;
	struct str id = STR_NONE;
	size_t n;

	contract_defaults(&revert_many_contract, &b);
	field_options_add(&o, revert_many_contract.fields, &b, NULL);
	n = field_options_rows(&o, rows);
	n += target_rows(&t, rows + n);
	if (command_options(l, rows, n, e) != 0 ||
	    field_options_set(&o, e) != 0 || target_choose(l, &t, e) != 0 ||
	    what_to_revert(l, &t, &b, &id, e) != 0)
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
	struct queue_target to;
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
	if (rc != 0 || queue_send_one(l->a, &to, last, e) != 0)
		return -1;
	printf(l->json ? "{\"ok\":true,\"patch_id\":\"%.*s\"}\n" :
	    "notified  %.*s\n", STR_ARG(id));
	return 0;
}

const struct command revert_commands[] = {
	{ "revert", "ID | --batch-id ID | --order-id ID | --task-id ID | --requester TEXT --since TIME [--dry-run] [--requester TEXT] [--reason TEXT] [--workspace TEXT] " TARGET_ARGS, revert, "Take a patch back, or several.", "Later edits of the same file stay; when they are in the way, nothing is done.\nSeveral patches are taken back by a server, all of them or none.\n\nExamples:\n  patchctl revert --remote --order-id order-17 --dry-run\n  patchctl revert 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d --reason 'broke the build'", true, NULL },
	{ "notify", "ID [--root DIR] [--json]", notify, "Send the orchestrator a patch's event again.", "To ORCHESTRATOR_URL, with ORCHESTRATOR_TOKEN.\n\nExample:\n  ORCHESTRATOR_URL=http://127.0.0.1:8080 patchctl notify 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d", true, NULL },
	{ 0 }
};
