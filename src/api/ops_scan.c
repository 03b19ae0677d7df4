#include "api/ops_scan.h"

#include <unistd.h>

#include "api/answer.h"
#include "api/ops_use.h"
#include "api/program.h"
#include "base/clock.h"
#include "base/log.h"
#include "ops/scan.h"
#include "tracker/scan.h"

#define BEGIN_TRIES	20
#define BEGIN_PAUSE_MS	50

struct scan_body { int scope; };
static const struct field body_fields[] = {
	F_ENUM(struct scan_body, scope, "scope", 0, scan_scopes, SCAN_SCOPE__MAX, "full", "Which sources are read."),
	F_END
};
static const struct contract scan_body_contract = {
	.name = "OpsScanRequest", .size = sizeof(struct scan_body),
	.fields = body_fields, .doc = "Asks for a scan.",
};

#define Q struct scan_query
struct scan_query {
	int64_t limit;
	struct str cursor;
};
static const struct field query_fields[] = {
	F_INT(Q, limit, "limit", 0, 1, PAGE_MAX_ROWS, PAGE_DEFAULT_ROWS, "Rows of one page."),
	F_STR(Q, cursor, "cursor", 0, 1, 40, FMT_NAME, "Where the page before ended, as it said."),
	F_END
};
static const struct contract scan_query_contract = {
	.name = "OpsScanQuery", .size = sizeof(Q), .fields = query_fields,
	.doc = "Which scans are wanted.",
};
#undef Q

/* What is asked of the child. */
struct scan_wish {
	enum scan_scope scope;
	struct str by;
	bool later;		/* the answer does not wait for its end */
};

/* The one that runs may hold its lock and not have told its id yet. */
static int
begin(struct ops *o, const struct scan_wish *wish, struct ops_scan *out,
    struct scan_job **job, struct err *e)
{
	for (int i = 0; i < BEGIN_TRIES; i++) {
		if (ops_scan_begin(o, wish->scope, wish->by, out, job, e) == 0)
			return 0;
		if (e->kind != ERR_BUSY || out->id > 0)
			break;
		clock_sleep_ms(BEGIN_PAUSE_MS);
	}
	return -1;
}

/* In the child: its first word is that the scan has begun, or why not; its
 * second that it has ended. */
static void
scan_work(struct detach_child *c, void *arg)
{
	const struct scan_wish *wish = arg;
	struct ops_scan scan = { 0 };
	struct scan_job *job;
	struct err e = { 0 };
	struct ops o;

	if (ops_open(&o, c->g, &e) != 0) {
		detach_say(c, 0, &e);
		return;
	}
	if (begin(&o, wish, &scan, &job, &e) != 0) {
		detach_say(c, scan.id, &e);
	} else {
		int64_t id = scan.id;
		int rc;

		detach_say(c, id, NULL);
		e = (struct err){ 0 };
		rc = ops_scan_run(&o, job, NULL, &scan, &e);
		if (rc != 0)
			log_error("a scan failed", "detail", e.detail, NULL);
		detach_say(c, id, rc != 0 ? &e : NULL);
	}
	ops_close(&o);
}

/* Another one runs: the state of what was asked for, not a server that has too
 * much to do. */
static int
refuse_busy(struct call *c, int64_t id, struct verb_answer *out,
    struct err *e)
{
	struct answer an;

	err_status(e, 409);
	answer_problem(&an, c, e);
	answer_int(&an, "scan_id", id);
	return answer_end(&an, c->arena, out, e);
}

static void
put_totals(struct answer *an, const struct ops_scan *s)
{
	answer_int(an, "scan_id", s->id);
	answer_int(an, "worker_logs", s->totals.worker_logs);
	answer_int(an, "build_logs", s->totals.build_logs);
	answer_int(an, "issues_opened", s->totals.issues_opened);
	answer_int(an, "reviewed", s->totals.reviewed);
	answer_text(an, "scan_status", str(scan_statuses[s->status]));
}

/* The specified answer; when a source failed, a problem that says which one,
 * with what was done all the same. */
static int
done_answer(struct call *c, const struct ops_scan *s,
    struct verb_answer *out, struct err *e)
{
	struct answer an;

	if (s->status == SCAN_PARTIAL || s->status == SCAN_FAILED) {
		err_set(e, ERR_SOURCE_FAILED, "%.*s",
		    (int)(s->error.len < 400 ? s->error.len : 400),
		    s->error.p ? s->error.p : "a source failed");
		answer_problem(&an, c, e);
	} else {
		answer_begin(&an);
	}
	put_totals(&an, s);
	return answer_end(&an, c->arena, out, e);
}

/* It has ended: as its row says. */
static int
end_answer(struct call *c, int64_t id, struct verb_answer *out,
    struct err *e)
{
	struct ops_scan s;
	struct govern *g;
	int rc;

	if (program_govern(c, &g, e) != 0)
		return -1;
	rc = scan_get(g->db, c->arena, id, &s, e);
	if (rc > 0)
		return done_answer(c, &s, out, e);
	return rc < 0 ? -1 : err_set(e, ERR_INTERNAL,
	    "scan %lld is not in its table", (long long)id);
}

static int
later_answer(struct call *c, int64_t id, struct verb_answer *out,
    struct err *e)
{
	struct answer an;

	response_header(c->resp, "Location", arena_fmt(c->arena,
	    "/api/ops/scans/%lld", (long long)id));
	response_header(c->resp, "Preference-Applied", STR("respond-async"));
	answer_begin(&an);
	an.status = 202;
	answer_int(&an, "scan_id", id);
	answer_text(&an, "status", STR("running"));
	return answer_end(&an, c->arena, out, e);
}

static int
wait_for_scan(struct call *c, const struct scan_wish *wish, int hear,
    struct verb_answer *out, struct err *e)
{
	struct detach_word word;
	int rc = detach_hear(hear, &word, e);

	if (rc > 0 && word.fault.kind == ERR_BUSY && word.id > 0) {
		*e = word.fault;
		return refuse_busy(c, word.id, out, e);
	}
	if (rc > 0 && word.fault.kind == ERR_NONE) {
		int64_t id = word.id;

		if (wish->later)
			return later_answer(c, id, out, e);
		rc = detach_hear(hear, &word, e);
		if (rc > 0 && word.fault.kind == ERR_NONE)
			return end_answer(c, id, out, e);
	}
	if (rc > 0) {
		*e = word.fault;
		if (e->kind == ERR_CONFIG)
			err_status(e, 503);
	} else if (rc == 0) {
		err_set(e, ERR_NOT_READY, "the scan's program died; the next "
		    "scan goes on where it stood");
	}
	return -1;
}

static int
scan(struct call *c, void *arg, struct verb_answer *out, struct err *e)
{
	struct govern *g;
	int hear, rc;

	if (program_govern(c, &g, e) != 0 ||
	    detach(g, scan_work, arg, &hear, e) != 0)
		return -1;
	rc = wait_for_scan(c, arg, hear, out, e);
	close(hear);
	return rc;
}

int
ops_scan_post(struct call *c, struct err *e)
{
	struct scan_body b;
	struct scan_wish wish;

	if (program_no_query(c, e) != 0 || program_body_if(c,
	    &scan_body_contract, &b, e) != 0)
		return -1;
	wish = (struct scan_wish){ (enum scan_scope)b.scope, c->caller.name,
	    request_prefers(c->req, "respond-async") };
	return program_once(c, scan, &wish, e);
}

int
ops_scan_rpc(struct rpc_call *r, struct verb_answer *out, struct err *e)
{
	struct scan_body b;
	struct scan_wish wish;

	if (rpc_params(r, &scan_body_contract, &b, e) != 0)
		return -1;
	wish = (struct scan_wish){ (enum scan_scope)b.scope,
	    r->c->caller.name, false };
	return scan(r->c, &wish, out, e);
}

/* The newest first; what is below the cursor's id is the next page. */
int
ops_scans_get(struct call *c, struct err *e)
{
	struct verb_answer out;
	struct scan_query q;
	struct ops_scan *rows;
	struct answer an;
	struct govern *g;
	int64_t below = 0;
	size_t n;

	if (contract_query(&scan_query_contract, c->req->query, c->arena, &q,
	    e) != 0)
		return -1;
	if (q.cursor.p && (!str_int(q.cursor, &below) || below < 1)) {
		err_set(e, ERR_BAD_QUERY, "that is no cursor of this route");
		return err_at(e, "?cursor");
	}
	if (program_govern(c, &g, e) != 0 || scan_list(g->db, c->arena,
	    below, (size_t)q.limit + 1, &rows, &n, e) != 0)
		return -1;
	answer_begin(&an);
	json_key(&an.w, "scans");
	json_array_open(&an.w);
	for (size_t i = 0; i < n && i < (size_t)q.limit; i++)
		contract_encode(&ops_scan_contract, &rows[i], &an.w);
	json_array_close(&an.w);
	answer_next(&an, c, n > (size_t)q.limit ? rows[q.limit - 1].id : 0);
	if (answer_end(&an, c->arena, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}

int
ops_scan_get(struct call *c, struct err *e)
{
	struct verb_answer out;
	struct answer an;
	struct ops_scan s;
	struct govern *g;
	int64_t id = 0;
	int rc = 0;

	if (program_no_query(c, e) != 0 || program_govern(c, &g, e) != 0)
		return -1;
	if (str_int(c->param[0], &id) && id > 0)
		rc = scan_get(g->db, c->arena, id, &s, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_NOT_FOUND, "there is no such scan; "
		    "GET /api/ops/scans lists them");
	answer_begin(&an);
	json_key(&an.w, "scan");
	contract_encode(&ops_scan_contract, &s, &an.w);
	if (answer_end(&an, c->arena, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}
