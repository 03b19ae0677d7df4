#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "govern/edits.h"
#include "govern/history.h"
#include "govern/record.h"
#include "govern/recover.h"
#include "govern/work.h"
#include "policy/policy.h"
#include "store/patch_diff.h"

static bool
keyed(const struct work *w)
{
	return w->req->verb.idempotency_key.p && !w->batch->dry_run;
}

/* 1: this request was answered before, and *answer says what. */
static int
replay(struct work *w, struct err *e)
{
	int rc;

	if (!keyed(w))
		return 0;
	rc = once_look(w->g, w->a, &w->req->verb, &w->key, w->answer, e);
	if (rc == 0)
		w->key.batch_id = w->batch_id;
	return rc;
}

static void
answer(struct work *w, const struct err *why)
{
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	int status;

	record_answer(&out, w->batch_id, w->batch->dry_run, w->events,
	    w->batch->n_ops, why, &w->check.report,
	    w->req->verb.request_id, &status);
	*w->answer = (struct verb_answer){
		.status = status,
		.content_type = status == 200 ? STR("application/json") :
		    STR("application/problem+json"),
		.body = arena_str(w->a, buf_str(&out)),
	};
	buf_free(&out);
}

static void
tell(const struct work *w, const struct patch_event *p)
{
	if (w->req->on_event)
		w->req->on_event(w->req->to, p);
}

/* Inside a transaction: patch_requested of every operation. */
static int
append_requested(struct work *w, struct patch_event *asked, struct err *e)
{
	for (size_t i = 0; i < w->batch->n_ops; i++) {
		asked[i] = w->events[i];
		asked[i].type = EVENT_PATCH_REQUESTED;
		asked[i].status = STR("requested");
		asked[i].ts_ms = w->began.at_ms;
		asked[i].code = asked[i].error = asked[i].at = STR_NONE;
		asked[i].diff_path = STR_NONE;
		asked[i].current_sha256 = asked[i].current_text = STR_NONE;
		asked[i].current_line = 0;
		asked[i].before_sha256 = asked[i].after_sha256 = STR_NONE;
		asked[i].lines_added = asked[i].lines_removed = -1;
		asked[i].shift = SHIFT_NONE;
		asked[i].match = asked[i].conflict_patch_id = STR_NONE;
		asked[i].duration_ms = -1;
		asked[i].ts_check_ok = TRI_NULL;
		record_turn_asked(&asked[i]);
		if (record_append(w->g, w->a, &asked[i], e) != 0)
			return -1;
	}
	return 0;
}

/* Inside a transaction, after those: patch_validated of each operation that
 * validators looked at.  checked has room for all; *n are used. */
static int
append_validated(struct work *w, const struct patch_event *asked,
    struct patch_event *checked, size_t *n, struct err *e)
{
	*n = 0;
	for (size_t i = 0; i < w->batch->n_ops; i++) {
		struct patch_event *p = &checked[*n];

		*p = asked[i];
		if (!check_event(&w->check, i, p))
			continue;
		p->duration_ms = clock_took_ms(w->began);
		if (record_append(w->g, w->a, p, e) != 0)
			return -1;
		(*n)++;
	}
	return 0;
}

/* A refused batch leaves nothing but its log. */
static int
log_refused(struct work *w, const struct err *why, struct err *e)
{
	struct patch_event *asked =
	    arena_array_of(w->a, struct patch_event, 2 * w->batch->n_ops);
	struct db *db = w->g->db;
	size_t n_checked;

	if (db_begin(db, e) != 0)
		return -1;
	if (append_requested(w, asked, e) != 0 || append_validated(w, asked,
	    asked + w->batch->n_ops, &n_checked, e) != 0)
		goto out;
	for (size_t i = 0; i < w->batch->n_ops; i++)
		if (record_append(w->g, w->a, &w->events[i], e) != 0)
			goto out;
	answer(w, why);
	w->key.batch_id = STR_NONE;	/* nothing of it is unfinished */
	/* what the operator has to mend is no answer for ever */
	if (w->answer->status != 503 && once_keep(w->g, &w->req->verb, &w->key,
	    w->answer, e) != 0)
		goto out;
	if (db_commit(db, e) != 0)
		return -1;
	govern_ring(w->g);
	return 0;
out:
	db_rollback(db);
	return -1;
}

static int
journal_all(struct work *w, const struct journal_file *files, struct err *e)
{
	struct db *db = w->g->db;
	struct batch_row row = {
		.id = w->batch_id, .workspace = w->batch->workspace,
		.order_id = str_some(w->batch->order_id),
		.requester = str_some(w->batch->requester),
		.ops = (int64_t)w->batch->n_ops, .created_ms = w->began.at_ms,
		.state = BATCH_OPEN,
	};

	if (journal_batch_insert(db, &row, e) != 0)
		return -1;
	for (size_t i = 0; i < w->plan.n_files; i++) {
		struct journal_row f = { (int64_t)i,
		    str(journal_action_names[files[i].action]), files[i].path,
		    files[i].staged, files[i].before_sha256,
		    files[i].after_sha256, files[i].mode };

		if (journal_file_insert(db, w->batch_id, &f, e) != 0)
			return -1;
	}
	for (size_t i = 0; i < w->batch->n_ops; i++) {
		struct event ev = patch_event_pack(w->a, &w->events[i]);

		if (journal_event_insert(db, w->batch_id, (int64_t)i, &ev,
		    e) != 0)
			return -1;
		if (w->plan.results[i].status == PLAN_OK && patch_diff_put(db,
		    record_edit_id(&w->events[i]), w->plan.results[i].diff,
		    e) != 0)
			return -1;
	}
	return edits_record(w->g, w->a, &w->plan, w->events, e);
}

/* Transaction 1: what is about to happen, so that a crash can be mended. */
static int
begin_batch(struct work *w, const struct journal_file *files, struct err *e)
{
	struct patch_event *asked =
	    arena_array_of(w->a, struct patch_event, 2 * w->batch->n_ops);
	struct db *db = w->g->db;
	size_t n_checked;

	if (db_begin(db, e) != 0)
		return -1;
	if (append_requested(w, asked, e) != 0 || append_validated(w, asked,
	    asked + w->batch->n_ops, &n_checked, e) != 0 ||
	    journal_all(w, files, e) != 0 ||
	    (keyed(w) && idempotency_begin(db, &w->key, e) < 0) ||
	    idempotency_purge(db, e) != 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db, e) != 0)
		return -1;
	govern_ring(w->g);
	for (size_t i = 0; i < w->batch->n_ops + n_checked; i++)
		tell(w, &asked[i]);
	return 0;
}

/* What the store says is that nothing was changed, but the tree is: say what
 * the next request will find. */
static void
not_logged(struct err *e)
{
	struct err why = *e;

	err_set(e, ERR_NOT_READY, "The batch is in the tree but not yet in the"
	    " log (%s); the next request finishes it, and this one sent again"
	    " with its Idempotency-Key tells the outcome", why.detail);
}

/* Files into place, then the outcome; every way out leaves the tree and the
 * log agreeing, or the journal open for the next one. */
static int
finish_batch(struct work *w, const struct journal_file *files, struct err *e)
{
	struct err why = { 0 };
	size_t n = w->batch->n_ops;
	int64_t now, took;
	bool done = workspace_publish(w->ws, w->a, files, w->plan.n_files,
	    &why) == 0;

	if (!done && why.kind == ERR_NOT_READY) {
		/* not even undone: the journal stays for the next one */
		w->g->recovered = false;
		*e = why;
		return -1;
	}
	if (!done)
		record_turn_failed(w->events, n, &why);
	now = clock_now_ms();
	took = clock_took_ms(w->began);
	for (size_t i = 0; i < n; i++) {
		w->events[i].ts_ms = now;
		w->events[i].duration_ms = took;
	}
	if (record_outcomes(w->g, w->a, w->batch_id, w->events, n,
	    done ? BATCH_APPLIED : BATCH_FAILED, &why, e) != 0) {
		log_error("a batch is in the tree but not yet in the log",
		    "batch_id", w->batch_id.p, "detail", e->detail, NULL);
		/* the journal is open: recover as soon as the store is back */
		w->g->recovered = false;
		if (done)
			not_logged(e);
		return -1;
	}
	workspace_clean(w->ws, files, w->plan.n_files);
	govern_ring(w->g);
	for (size_t i = 0; i < n; i++)
		tell(w, &w->events[i]);
	answer(w, &why);
	return 0;
}

/* Is there an operation that can be applied? */
static bool
something_left(const struct work *w)
{
	for (size_t i = 0; i < w->plan.n_results; i++)
		if (w->plan.results[i].status == PLAN_OK)
			return true;
	return false;
}

/* The workspace's policy has its say, then the plan is finished, then its
 * validators have theirs.  The policy is read under the lock; a workspace whose
 * policy cannot be used is not written to. */
static int
settle(struct work *w, const struct plan_versions *versions, struct err *e)
{
	struct policy_case c = { .policy = &w->policy, .batch = w->batch,
	    .plan = &w->plan, .ws = w->ws, .versions = versions };
	int has = policy_of(w->g->cfg, w->a, w->batch->workspace, &w->policy,
	    e);
	int rc = has > 0 ? policy_settle(&c, w->a, e) :
	    has < 0 ? -1 : plan_finish(&w->plan, e);

	if (rc != 0)
		return -1;
	w->check = (struct check){ .g = w->g, .a = w->a, .batch = w->batch,
	    .plan = &w->plan, .policy = &w->policy,
	    .on_verdict = w->req->on_verdict, .to = w->req->to };
	return has > 0 ? check_batch(&w->check, e) : 0;
}

static int
carry_out(struct work *w, struct err *e)
{
	struct plan_limits limits = {
		(size_t)w->g->cfg->file_bytes, w->g->cfg->open_space_padding };
	struct history_source past = { w->g->db, w->batch->workspace, 0 };
	struct plan_versions versions = history_versions(&past);
	const struct apply_maker *maker = w->req->maker;
	struct journal_file *files = NULL;
	struct err why = { 0 };

	if (plan_make(w->a, w->ws, w->batch, &limits, &versions, &w->plan,
	    e) != 0 || (maker && maker->check(maker->ctx, &w->plan, e) != 0) ||
	    settle(w, &versions, e) != 0)
		return -1;
	work_describe_outcomes(w);
	plan_faults(&w->plan, w->a, &why);
	if (w->batch->dry_run) {
		answer(w, &why);
		return 0;
	}
	if (!something_left(w))
		return log_refused(w, &why, e);
	if (workspace_stage(w->ws, w->a, w->batch_id, w->plan.files,
	    w->plan.n_files, &files, e) != 0)
		return -1;
	if (begin_batch(w, files, e) != 0) {
		workspace_clean(w->ws, files, w->plan.n_files);
		return -1;
	}
	return finish_batch(w, files, e);
}

/* Fill the batch, where it is not sent; 1: it ends here, with an answer that
 * the key keeps as it keeps that of a batch which is refused. */
static int
make_batch(struct work *w, struct err *e)
{
	const struct apply_maker *maker = w->req->maker;
	int rc = maker ? maker->make(maker->ctx, w->ws, w->answer, e) : 0;

	if (rc == 0)
		work_describe_asked(w);
	if (rc != 1 || !keyed(w))
		return rc;
	w->key.batch_id = STR_NONE;
	if (db_begin(w->g->db, e) != 0)
		return -1;
	if (once_keep(w->g, &w->req->verb, &w->key, w->answer, e) != 0) {
		db_rollback(w->g->db);
		return -1;
	}
	return db_commit(w->g->db, e) != 0 ? -1 : 1;
}

int
govern_apply(struct govern *g, struct arena *a,
    const struct patch_batch *batch, const struct apply_request *req,
    struct verb_answer *out, struct err *e)
{
	struct work w = { .g = g, .a = a, .batch = batch, .req = req,
	    .batch_id = uuid7(a), .began = clock_begin(), .answer = out };
	struct held held;
	int rc = held_begin(g, a, batch->workspace, batch->dry_run ?
	    FD_LOCK_SHARED : FD_LOCK_EXCLUSIVE, &held, e);

	w.ws = held.ws;
	if (rc == 0)
		rc = replay(&w, e);
	if (rc == 0)
		rc = make_batch(&w, e);
	if (rc == 0)
		rc = carry_out(&w, e);
	held_end(&held);
	return rc > 0 ? 0 : rc;
}
