#include "base/clock.h"
#include "edit/tell.h"
#include "govern/record.h"
#include "govern/work.h"

/* What all events of operation i have in common. */
static struct patch_event
describe(const struct work *w, size_t i)
{
	struct patch_event p = tell_asked(w->a, w->batch, i);

	p.batch_id = w->batch_id;
	p.ts_ms = w->began.at_ms;
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

void
work_describe_outcomes(struct work *w)
{
	int64_t now = clock_now_ms(), took = clock_took_ms(w->began);

	for (size_t i = 0; i < w->batch->n_ops; i++) {
		struct patch_event *p = &w->events[i];

		p->ts_ms = now;
		p->ts_check_ok = check_ok(&w->check, i);
		p->duration_ms = took;
		if (!tell_planned(w->a, &w->plan, i, p))
			continue;
		if (w->batch->dry_run) {
			p->status = STR("planned");
			p->diff = w->plan.results[i].diff;
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
