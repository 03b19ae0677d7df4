#include "local/change.h"

#include <strings.h>

#include "base/clock.h"
#include "local/state.h"
#include "local/trail.h"
#include "model/task.h"
#include "policy/policy.h"

/* What is kept in our folder is no business of an edit. */
static bool
is_ours(struct str path)
{
	struct str first = path.p ? str_cut(&path, '/') : STR_NONE;

	return first.len == strlen(LOCAL_FOLDER) &&
	    strncasecmp(first.p, LOCAL_FOLDER, first.len) == 0;
}

static bool
touches_ours(const struct change *c, size_t k)
{
	const struct plan_result *r = &c->plan.results[k];

	if (is_ours(c->batch->ops[k].file) || is_ours(c->batch->ops[k].to))
		return true;
	for (size_t i = 0; i < r->n_touches; i++)
		if (is_ours(c->plan.seen[r->touches[i].file].path))
			return true;
	return false;
}

/* An operation says which task it is for, and the tree's list of tasks does not
 * know it or binds it to spans.  A list that cannot be read binds it, too: the
 * rules will say what is wrong with it. */
static bool
tasks_count(const struct change *c)
{
	struct task_list list = { 0 };
	struct str text;

	if (workspace_read(c->l->ws, c->l->a, STR(TASKS_PATH), TASKS_MAX_BYTES,
	    &text, NULL, NULL, NULL) <= 0)
		return false;
	if (task_list_read(text, c->l->a, &list, NULL) != 0)
		list.n_tasks = 0;
	for (size_t k = 0; k < c->batch->n_ops; k++) {
		struct str id = c->batch->ops[k].task_id;
		const struct task *t = id.p ? task_find(&list, id) : NULL;

		if (id.p && (!t || t->n_allowed_spans))
			return true;
	}
	return false;
}

/* The rules that a tree carries itself: guarded regions, and the spans of the
 * tasks that operations name. */
static int
settle(struct change *c, struct err *e)
{
	struct policy policy;
	struct policy_case rules = { .policy = &policy, .batch = c->batch,
	    .plan = &c->plan, .ws = c->l->ws };

	contract_defaults(&policy_contract, &policy);
	if (tasks_count(c))
		policy.tasks = STR(TASKS_PATH);
	return policy_settle(&rules, c->l->a, e);
}

int
change_plan(struct change *c, const struct plan_limits *limits, struct err *e)
{
	struct err ours = { 0 };

	if (plan_make(c->l->a, c->l->ws, c->batch, limits, NULL, &c->plan,
	    e) != 0)
		return -1;
	err_set(&ours, ERR_PATH_DENIED, "Nothing in " LOCAL_FOLDER
	    " may be edited");
	for (size_t k = 0; k < c->plan.n_results; k++)
		if (c->plan.results[k].status == PLAN_OK && touches_ours(c, k))
			plan_refuse(&c->plan, k, &ours);
	if (settle(c, e) != 0)
		return -1;
	plan_faults(&c->plan, c->l->a, &c->why);
	return 0;
}

/* The diffs are there before the first rename, so that whatever is in the tree
 * can be taken back. */
static int
keep_diffs(struct change *c, struct err *e)
{
	struct state_file *files = arena_array_of(c->l->a, struct state_file,
	    c->plan.n_results + 1);
	size_t n = 0;

	for (size_t k = 0; k < c->plan.n_results; k++)
		if (c->plan.results[k].status == PLAN_OK)
			files[n++] = (struct state_file){
			    trail_diff_name(c->l->a, &c->events[k]),
			    c->plan.results[k].diff };
	return state_put_all(c->l, files, n, e);
}

static void
drop_diffs(struct change *c)
{
	for (size_t k = 0; k < c->plan.n_results; k++)
		if (c->plan.results[k].status == PLAN_OK)
			state_remove(c->l, trail_diff_name(c->l->a,
			    &c->events[k]), NULL);
}

static int
log_asked(struct change *c, struct err *e)
{
	struct patch_event *asked = arena_array_of(c->l->a,
	    struct patch_event, c->plan.n_results + 1);
	size_t n = 0;

	for (size_t k = 0; k < c->plan.n_results; k++)
		if (c->events[k].type != EVENT_PATCH_REVERTED)
			asked[n++] = intent_asked(&c->events[k]);
	return trail_append(c->l, asked, n, e);
}

static void
stamp(struct change *c)
{
	int64_t now = clock_now_ms(), took = clock_took_ms(c->began);

	for (size_t k = 0; k < c->plan.n_results; k++) {
		c->events[k].ts_ms = now;
		c->events[k].duration_ms = took;
	}
}

/* Everything is staged and journalled: what happens now is logged. */
static int
publish(struct change *c, struct intent *in, struct err *e)
{
	struct err why = { 0 }, late = { 0 };
	bool done = workspace_publish(c->l->ws, c->l->a, in->files,
	    in->n_files, &why) == 0;

	if (!done && why.kind == ERR_NOT_READY) {
		*e = why;		/* not even undone: the journal stays */
		return -1;
	}
	c->why = why;			/* of a batch in parts: none */
	stamp(c);
	if (intent_close(c->l, in, done, &why, &late) != 0)
		return err_set(e, late.kind, "the batch is in the tree but "
		    "not in the log; the next patchctl mends that: %.400s",
		    late.detail);
	workspace_clean(c->l->ws, in->files, in->n_files);
	return 0;
}

int
change_commit(struct change *c, struct err *e)
{
	/* our names among those of others who may stage in this tree */
	struct str stage_id = arena_fmt(c->l->a, "local-%.*s",
	    STR_ARG(c->batch_id));
	struct intent in = { .batch_id = c->batch_id, .events = c->events,
	    .n_events = c->plan.n_results, .n_files = c->plan.n_files };

	workspace_sweep_of(c->l->ws, STR("local-"));
	if (workspace_stage(c->l->ws, c->l->a, stage_id, c->plan.files,
	    c->plan.n_files, &in.files, e) != 0)
		return -1;
	stamp(c);
	if (keep_diffs(c, e) != 0 || intent_write(c->l, &in, e) != 0) {
		drop_diffs(c);
		workspace_clean(c->l->ws, in.files, in.n_files);
		return -1;
	}
	if (log_asked(c, e) != 0) {
		if (state_remove(c->l, JOURNAL_NAME, NULL) == 0) {
			drop_diffs(c);
			workspace_clean(c->l->ws, in.files, in.n_files);
		}
		return -1;
	}
	return publish(c, &in, e);
}
