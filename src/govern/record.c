#include "govern/record.h"

#include "base/clock.h"
#include "contract/problem.h"
#include "ledger/patch_log.h"
#include "store/event_store.h"
#include "store/file_edit.h"
#include "store/patch_diff.h"
#include "store/patch_revert.h"

static int
append(struct govern *g, struct arena *a, struct patch_event *p, bool foreign,
    struct err *e)
{
	struct event ev = patch_event_pack(a, p);

	if (event_store_append(g->db, &ev, e) != 0)
		return -1;
	p->seq = ev.seq;
	return patch_log_append(g->db, p, foreign, e);
}

int
record_append(struct govern *g, struct arena *a, struct patch_event *p,
    struct err *e)
{
	return append(g, a, p, false, e);
}

int
record_append_foreign(struct govern *g, struct arena *a,
    struct patch_event *p, struct err *e)
{
	return append(g, a, p, true, e);
}

void
record_copy_trail(struct patch_event *to, const struct patch_event *from)
{
	to->order_id = from->order_id;
	to->task_id = from->task_id;
	to->phase = from->phase;
	to->factory = from->factory;
	to->model = from->model;
}

void
record_turn_reverted(struct patch_event *p)
{
	if (!p->reverts.p)
		return;
	p->revert_id = p->patch_id;
	p->patch_id = p->reverts;
	p->reverts = STR_NONE;
}

void
record_turn_asked(struct patch_event *p)
{
	if (!p->revert_id.p)
		return;
	p->reverts = p->patch_id;
	p->patch_id = p->revert_id;
	p->revert_id = STR_NONE;
}

struct str
record_edit_id(const struct patch_event *p)
{
	return p->revert_id.p ? p->revert_id : p->patch_id;
}

int
record_pending(struct govern *g, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct event *rows;

	if (journal_events(g->db, a, batch_id, &rows, n, e) != 0)
		return -1;
	*out = arena_array_of(a, struct patch_event, *n);
	for (size_t i = 0; i < *n; i++)
		if (contract_decode_text(&patch_event_contract,
		    rows[i].payload, a, &(*out)[i], e) != 0)
			return -1;
	return 0;
}

void
record_turn_failed(struct patch_event *p, size_t n, const struct err *why)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].type != EVENT_PATCH_APPLIED &&
		    p[i].type != EVENT_PATCH_REVERTED)
			continue;
		record_turn_asked(&p[i]);
		p[i].type = EVENT_PATCH_FAILED;
		p[i].status = STR("failed");
		p[i].code = str(err_row(why->kind)->code);
		p[i].error = str(why->detail);
		p[i].after_sha256 = p[i].before_sha256;
		p[i].lines_added = p[i].lines_removed = 0;
		p[i].diff_path = STR_NONE;
	}
}

void
record_answer(struct buf *out, struct str batch_id, bool dry_run,
    const struct patch_event *p, size_t n, const struct err *why,
    const struct validate_report *report, struct str request_id, int *status)
{
	struct json_writer w = JSON_WRITER(out);

	*status = why && why->kind ? err_row(why->kind)->status : 200;
	json_object_open(&w);
	if (*status != 200) {
		problem_members(&w, why, request_id);
	} else {
		json_key(&w, "ok");
		json_put_bool(&w, true);
	}
	json_key(&w, "batch_id");
	json_put_str(&w, batch_id);
	json_key(&w, "dry_run");
	json_put_bool(&w, dry_run);
	json_key(&w, "results");
	json_array_open(&w);
	for (size_t i = 0; i < n; i++)
		contract_encode(&patch_event_contract, &p[i], &w);
	json_array_close(&w);
	if (report && report->n) {
		json_key(&w, "validators");
		json_array_open(&w);
		for (size_t i = 0; i < report->n; i++)
			contract_encode(&verdict_contract,
			    &report->verdicts[i], &w);
		json_array_close(&w);
	}
	json_object_close(&w);
	buf_addc(out, '\n');
}

/* The key of a batch that a dead process began is found by the batch. */
static int
finish_key(struct govern *g, struct arena *a, struct str batch_id,
    const struct patch_event *p, size_t n, const struct err *why,
    struct err *e)
{
	struct idempotency key;
	struct buf out = BUF_INIT(ANSWER_MAX_BYTES);
	int status, rc = idempotency_of_batch(g->db, a, batch_id, &key, e);

	if (rc <= 0)
		return rc;
	record_answer(&out, batch_id, false, p, n, why, NULL, STR_NONE,
	    &status);
	key.status = status;
	key.content_type = status == 200 ? STR("application/json") :
	    STR(PROBLEM_TYPE);
	key.answer = buf_str(&out);
	rc = idempotency_finish(g->db, &key, e);
	buf_free(&out);
	return rc;
}

/* Nothing stays of what was kept for an edit that has failed. */
static int
drop_failed(struct db *db, const struct patch_event *p, struct err *e)
{
	if (patch_diff_drop(db, p->patch_id, e) != 0 ||
	    file_edit_drop(db, p->patch_id, e) != 0)
		return -1;
	return p->reverts.p ? patch_revert_drop(db, p->reverts, p->patch_id,
	    e) : 0;
}

int
record_outcomes(struct govern *g, struct arena *a, struct str batch_id,
    struct patch_event *p, size_t n, enum batch_state state,
    const struct err *why, struct err *e)
{
	if (db_begin(g->db, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (record_append(g, a, &p[i], e) != 0)
			goto out;
		if (p[i].type == EVENT_PATCH_FAILED &&
		    drop_failed(g->db, &p[i], e) != 0)
			goto out;
	}
	if (finish_key(g, a, batch_id, p, n, why, e) != 0 ||
	    journal_close(g->db, batch_id, state, e) != 0)
		goto out;
	return db_commit(g->db, e);
out:
	db_rollback(g->db);
	return -1;
}
