#include "base/clock.h"
#include "base/id.h"
#include "contract/problem.h"
#include "local/change.h"
#include "local/trail.h"

static struct str
some(struct str s)
{
	return s.len ? s : STR_NONE;
}

/* What all events of operation k have in common. */
static struct patch_event
describe(const struct change *c, size_t k)
{
	const struct patch_batch *b = c->batch;
	const struct patch_op *op = &b->ops[k];
	struct patch_event p;

	contract_defaults(&patch_event_contract, &p);
	p.patch_id = uuid7(c->l->a);
	p.batch_id = c->batch_id;
	p.file = op->file;
	p.op = str(op_name(op->op));
	p.task_id = op->task_id;
	p.order_id = some(b->order_id);
	p.requester = some(b->requester);
	p.reason = op->reason.p ? op->reason : some(b->reason);
	p.branch = some(b->branch);
	p.phase = some(b->phase);
	p.workspace = b->workspace;
	p.factory = some(b->factory);
	p.model = some(b->model);
	p.meta = op->meta.p ? op->meta : b->meta;
	p.ts_ms = c->began_ms;
	return p;
}

static void
describe_failure(struct patch_event *p, const struct plan_result *r)
{
	p->type = EVENT_PATCH_FAILED;
	p->status = r->status == PLAN_REFUSED ? STR("failed") :
	    STR("not_applied");
	p->code = str(err_row(r->status == PLAN_REFUSED ? r->err.kind :
	    ERR_NOT_APPLIED)->code);
	p->error = r->status == PLAN_REFUSED ? str(r->err.detail) :
	    STR("not applied, because another operation of the batch was "
	    "refused");
	if (r->status == PLAN_REFUSED)
		p->at = str(r->err.at);
	p->current_sha256 = r->current_sha256;
	p->current_text = r->current_text;
	p->conflict_patch_id = r->conflict_patch_id;
}

/* The names of what an operation is about: a patch text names its own. */
static void
describe_files(const struct change *c, struct patch_event *p,
    const struct plan_result *r)
{
	if (r->file.p)
		p->file = r->file;
	if (r->n_touches < 2)
		return;
	p->files = arena_array_of(c->l->a, struct str, r->n_touches);
	for (size_t i = 0; i < r->n_touches; i++)
		p->files[p->n_files++] = c->plan.seen[r->touches[i].file].path;
}

static void
describe_outcome(const struct change *c, struct patch_event *p,
    const struct plan_result *r)
{
	p->duration_ms = clock_now_ms() - c->began_ms;
	describe_files(c, p, r);
	if (r->status != PLAN_OK) {
		describe_failure(p, r);
		return;
	}
	p->before_sha256 = r->before_sha256;
	p->after_sha256 = r->after_sha256;
	p->lines_added = r->lines_added;
	p->lines_removed = r->lines_removed;
	p->shift = r->shift;
	p->match = str(r->match);
	if (c->batch->dry_run) {
		p->status = STR("planned");
		p->diff = r->diff;
		return;
	}
	p->type = EVENT_PATCH_APPLIED;
	p->status = STR("applied");
	p->diff_path = arena_fmt(c->l->a, LOCAL_FOLDER "/%s",
	    trail_diff_name(c->l->a, p));
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
	    .batch_id = uuid7(l->a), .began_ms = clock_now_ms() };
	int rc = 0;

	if (change_plan(&c, limits, e) != 0)
		return -1;
	c.events = arena_array_of(l->a, struct patch_event, batch->n_ops);
	for (size_t k = 0; k < batch->n_ops; k++) {
		c.events[k] = describe(&c, k);
		describe_outcome(&c, &c.events[k], &c.plan.results[k]);
	}
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
