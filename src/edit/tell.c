#include "edit/tell.h"

#include "base/id.h"
#include "edit/ops.h"

struct patch_event
tell_asked(struct arena *a, const struct patch_batch *b, size_t k)
{
	const struct patch_op *op = &b->ops[k];
	struct patch_event p;

	contract_defaults(&patch_event_contract, &p);
	p.patch_id = uuid7(a);
	p.file = op->file;
	p.op = str(op_name(op->op));
	p.task_id = op->task_id;
	p.order_id = str_some(b->order_id);
	p.requester = str_some(b->requester);
	p.reason = op->reason.p ? op->reason : str_some(b->reason);
	p.branch = str_some(b->branch);
	p.phase = str_some(b->phase);
	p.workspace = b->workspace;
	p.factory = str_some(b->factory);
	p.model = str_some(b->model);
	p.meta = op->meta.p ? op->meta : b->meta;
	return p;
}

static void
tell_failure(struct patch_event *p, const struct plan_result *r)
{
	static const char spared[] =
	    "not applied, because another operation of the batch was refused";

	p->type = EVENT_PATCH_FAILED;
	if (r->status == PLAN_NOT_APPLIED) {
		p->status = STR("not_applied");
		p->code = STR("not_applied");
		p->error = str(spared);
		return;
	}
	p->status = STR("failed");
	p->code = str(err_row(r->err.kind)->code);
	p->error = str(r->err.detail);
	p->at = str(r->err.at);
	p->current_sha256 = r->current_sha256;
	p->current_text = r->current_text;
	p->current_line = r->current_line;
	p->conflict_patch_id = r->conflict_patch_id;
}

/* The names of what an operation is about: a patch text has its own. */
static void
tell_files(struct arena *a, const struct plan *plan,
    const struct plan_result *r, struct patch_event *p)
{
	if (r->file.p)
		p->file = r->file;
	if (r->n_touches < 2)
		return;
	p->files = arena_array_of(a, struct str, r->n_touches);
	for (size_t i = 0; i < r->n_touches; i++)
		p->files[p->n_files++] = plan->seen[r->touches[i].file].path;
}

bool
tell_planned(struct arena *a, const struct plan *plan, size_t k,
    struct patch_event *p)
{
	const struct plan_result *r = &plan->results[k];

	tell_files(a, plan, r, p);
	if (r->status != PLAN_OK) {
		tell_failure(p, r);
		return false;
	}
	p->before_sha256 = r->before_sha256;
	p->after_sha256 = r->after_sha256;
	p->lines_added = r->lines_added;
	p->lines_removed = r->lines_removed;
	p->shift = r->shift;
	p->match = str(r->match);
	return true;
}
