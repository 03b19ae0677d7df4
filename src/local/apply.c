#include "base/clock.h"
#include "base/id.h"
#include "contract/problem.h"
#include "edit/tell.h"
#include "local/change.h"
#include "local/trail.h"

static struct patch_event
describe(const struct change *c, size_t k)
{
	struct patch_event p = tell_asked(c->l->a, c->batch, k);

	p.batch_id = c->batch_id;
	p.ts_ms = c->began.at_ms;
	p.duration_ms = clock_took_ms(c->began);
	if (!tell_planned(c->l->a, &c->plan, k, &p))
		return p;
	if (c->batch->dry_run) {
		p.status = STR("planned");
		p.diff = c->plan.results[k].diff;
		return p;
	}
	p.type = EVENT_PATCH_APPLIED;
	p.status = STR("applied");
	p.diff_path = arena_fmt(c->l->a, LOCAL_FOLDER "/%s",
	    trail_diff_name(c->l->a, &p));
	return p;
}

static int
log_refused(struct change *c, struct err *e)
{
	size_t n = c->batch->n_ops;
	struct patch_event *lines =
	    arena_array_of(c->l->a, struct patch_event, 2 * n);

	for (size_t k = 0; k < n; k++) {
		lines[k] = intent_asked(&c->events[k]);
		lines[n + k] = c->events[k];
	}
	return trail_append(c->l, lines, 2 * n, e);
}

static bool
something_left(const struct plan *p)
{
	for (size_t k = 0; k < p->n_results; k++)
		if (p->results[k].status == PLAN_OK)
			return true;
	return false;
}

int
local_apply(struct local *l, const struct patch_batch *batch,
    const struct plan_limits *limits, struct local_outcome *out,
    struct err *e)
{
	struct change c = { .l = l, .batch = batch,
	    .batch_id = uuid7(l->a), .began = clock_begin() };
	int rc = 0;

	if (change_plan(&c, limits, e) != 0)
		return -1;
	c.events = arena_array_of(l->a, struct patch_event, batch->n_ops);
	for (size_t k = 0; k < batch->n_ops; k++)
		c.events[k] = describe(&c, k);
	if (!batch->dry_run)
		rc = something_left(&c.plan) ? change_commit(&c, e) :
		    log_refused(&c, e);
	*out = (struct local_outcome){ c.batch_id, batch->dry_run, c.events,
	    batch->n_ops, c.why };
	return rc;
}

void
local_answer(const struct local_outcome *o, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_object_open(&w);
	if (o->why.kind != ERR_NONE) {
		problem_members(&w, &o->why, STR_NONE);
	} else {
		json_key(&w, "ok");
		json_put_bool(&w, true);
	}
	json_key(&w, "batch_id");
	json_put_str(&w, o->batch_id);
	json_key(&w, "dry_run");
	json_put_bool(&w, o->dry_run);
	json_key(&w, "results");
	json_array_open(&w);
	for (size_t i = 0; i < o->n; i++)
		contract_encode(&patch_event_contract, &o->events[i], &w);
	json_array_close(&w);
	json_object_close(&w);
	buf_addc(out, '\n');
}
