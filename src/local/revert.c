#include "base/clock.h"
#include "base/id.h"
#include "local/change.h"
#include "local/reverse.h"
#include "local/trail.h"

/* What the log says of the patch: the event that applied it. */
static int
applied(struct local *l, struct str patch_id, struct patch_event *out,
    struct err *e)
{
	struct patch_event *events;
	bool found = false;
	size_t n;

	if (trail_of(l, patch_id, &events, &n, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (events[i].type == EVENT_PATCH_REVERTED)
			return err_set(e, ERR_ALREADY_REVERTED, "patch %.*s "
			    "was reverted at %s", STR_ARG(patch_id),
			    clock_text(l->a, events[i].ts_ms).p);
		if (events[i].type == EVENT_PATCH_APPLIED) {
			*out = events[i];
			found = true;
		}
	}
	if (!found)
		return err_set(e, ERR_INVALID, "patch %.*s was not applied; "
		    "there is nothing to take back", STR_ARG(patch_id));
	return 0;
}

static int
inverse(struct local *l, struct str patch_id, struct str *out, struct err *e)
{
	struct buf text = BUF_INIT(DIFF_MAX_BYTES);
	struct str diff;
	int rc = -1;

	if (trail_diff(l, patch_id, &diff, e) != 0)
		return -1;
	if (!diff.len)
		err_set(e, ERR_INVALID, "patch %.*s changed nothing; there is "
		    "nothing to take back", STR_ARG(patch_id));
	else
		rc = diff_reverse(l->a, diff, &text, e);
	if (rc == 0)
		*out = arena_str(l->a, buf_str(&text));
	buf_free(&text);
	return rc;
}

/* The event of the revert: of the same patch, so that all that happened to it
 * stands together. */
static void
turn_reverted(struct patch_event *p, const struct change *c,
    const struct local_undo *u)
{
	const struct plan_result *r = &c->plan.results[0];

	p->type = EVENT_PATCH_REVERTED;
	p->revert_id = uuid7(c->l->a);
	p->diff_path = u->dry_run ? STR_NONE : arena_fmt(c->l->a,
	    LOCAL_FOLDER "/%s", trail_diff_name(c->l->a, p));
	p->status = u->dry_run ? STR("planned") : STR("reverted");
	p->ts_ms = clock_now_ms();
	p->seq = -1;
	p->duration_ms = clock_took_ms(c->began);
	p->batch_id = c->batch_id;
	if (u->requester.p)
		p->requester = u->requester;
	p->reason = u->reason.len ? u->reason : STR_NONE;
	p->before_sha256 = r->before_sha256;
	p->after_sha256 = r->after_sha256;
	p->lines_added = r->lines_added;
	p->lines_removed = r->lines_removed;
	p->diff = u->dry_run ? r->diff : STR_NONE;
}

static void
turn_conflict(struct patch_event *p, struct change *c)
{
	const struct plan_result *r = &c->plan.results[0];
	struct err was = c->why;

	err_set(&c->why, ERR_REVERT_CONFLICT, "patch %.*s cannot be taken "
	    "back: %.400s", STR_ARG(p->patch_id), was.detail);
	p->type = EVENT_PATCH_FAILED;
	p->status = STR("failed");
	p->code = str(err_row(ERR_REVERT_CONFLICT)->code);
	p->error = arena_str(c->l->a, str(c->why.detail));
	p->current_sha256 = r->current_sha256;
	p->current_text = r->current_text;
	p->current_line = r->current_line;
	p->lines_added = p->lines_removed = -1;
	p->conflict_patch_id = r->conflict_patch_id;
	p->diff_path = p->revert_id = STR_NONE;
}

int
local_revert(struct local *l, const struct local_undo *u,
    const struct plan_limits *limits, struct local_outcome *out,
    struct err *e)
{
	struct patch_op op = { .op = OP_UNIFIED_DIFF, .start = -1, .end = -1,
	    .line = -1, .mode = -1, .occurrence = OCCURRENCE_UNIQUE };
	struct patch_batch batch = { .workspace = STR("default"),
	    .atomic = true, .dry_run = u->dry_run, .eol = EOL_KEEP,
	    .ops = &op, .n_ops = 1 };
	struct patch_event *p = arena_new_of(l->a, struct patch_event);
	struct change c = { .l = l, .batch = &batch, .events = p,
	    .batch_id = uuid7(l->a), .began = clock_begin() };
	int rc = 0;

	if (applied(l, u->patch_id, p, e) != 0 ||
	    inverse(l, u->patch_id, &op.block, e) != 0)
		return -1;
	if (change_plan(&c, limits, e) != 0)
		return -1;
	turn_reverted(p, &c, u);
	if (c.why.kind == ERR_NONE && !u->dry_run)
		rc = change_commit(&c, e);
	if (rc == 0 && c.why.kind != ERR_NONE)
		turn_conflict(p, &c);
	*out = (struct local_outcome){ c.batch_id, u->dry_run, p, 1, c.why };
	return rc;
}
