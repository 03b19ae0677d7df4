#include "base/clock.h"
#include "base/id.h"
#include "edit/ops.h"
#include "govern/record.h"
#include "govern/work.h"

/* What all events of operation i have in common. */
static struct patch_event
describe(const struct work *w, size_t i)
{
	const struct patch_batch *b = w->batch;
	const struct patch_op *op = &b->ops[i];
	struct patch_event p;

	contract_defaults(&patch_event_contract, &p);
	p.patch_id = uuid7(w->a);
	p.batch_id = w->batch_id;
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
	p.ts_ms = w->began_ms;
	if (w->req->maker) {
		const struct patch_event *of =
		    w->req->maker->original(w->req->maker->ctx, i);

		record_copy_trail(&p, of);
		p.reverts = of->patch_id;
		p.op = STR("revert");
	}
	return p;
}

void
work_describe_asked(struct work *w)
{
	size_t n = w->batch->n_ops;

	w->events = arena_array_of(w->a, struct patch_event, n);
	for (size_t i = 0; i < n; i++)
		w->events[i] = describe(w, i);
}

static void
describe_failure(struct patch_event *p, const struct plan_result *r)
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
	p->conflict_patch_id = r->conflict_patch_id;
}

/* The names of what an operation is about, when there are several. */
static void
describe_files(struct work *w, const struct plan_result *r,
    struct patch_event *p)
{
	p->file = r->file;
	if (r->n_touches < 2)
		return;
	p->files = arena_array_of(w->a, struct str, r->n_touches);
	for (size_t i = 0; i < r->n_touches; i++)
		p->files[p->n_files++] = w->plan.seen[r->touches[i].file].path;
}

void
work_describe_outcomes(struct work *w)
{
	int64_t now = clock_now_ms();

	for (size_t i = 0; i < w->batch->n_ops; i++) {
		const struct plan_result *r = &w->plan.results[i];
		struct patch_event *p = &w->events[i];

		p->ts_ms = now;
		p->ts_check_ok = check_ok(&w->check, i);
		p->duration_ms = now - w->began_ms;
		describe_files(w, r, p);
		if (r->status != PLAN_OK) {
			describe_failure(p, r);
			continue;
		}
		p->before_sha256 = r->before_sha256;
		p->after_sha256 = r->after_sha256;
		p->lines_added = r->lines_added;
		p->lines_removed = r->lines_removed;
		p->shift = r->shift;
		p->match = str(r->match);
		if (w->batch->dry_run) {
			p->status = STR("planned");
			p->diff = r->diff;
			record_turn_reverted(p);
			p->revert_id = STR_NONE;
			continue;
		}
		p->type = w->req->maker ? EVENT_PATCH_REVERTED :
		    EVENT_PATCH_APPLIED;
		p->status = w->req->maker ? STR("reverted") : STR("applied");
		p->diff_path = arena_fmt(w->a, "/api/patches/%.*s/diff",
		    STR_ARG(p->patch_id));
		record_turn_reverted(p);
	}
}
