#include "api/ops_intake.h"

#include "api/answer.h"
#include "api/ops_use.h"
#include "api/program.h"
#include "base/clock.h"
#include "logs/intake.h"
#include "ops/ingest.h"

/* What lines are that do not say it themselves. */
#define Q struct intake_query
struct intake_query {
	int kind;
	struct str worker, repo, run_id, workflow, job, step, source, format;
};
static const char *const kinds[] = { NULL, "worker-log", "build-log" };

#define NAME(m, text) F_STR(Q, m, #m, 0, 1, NAME_MAX_BYTES, FMT_NAME, text)
static const struct field query_fields[] = {
	F_ENUM(Q, kind, "kind", 0, kinds, countof(kinds), NULL, "What logged them; builds when a repo or run_id is given."),
	NAME(worker, "The service that logged them."),
	NAME(repo, "The repository whose build logged them."),
	NAME(run_id, "Which build."),
	NAME(workflow, "Its workflow."),
	NAME(job, "Its job."),
	NAME(step, "Its step."),
	F_STR_PRESET(Q, source, "source", "push", NAME_MAX_BYTES, FMT_NAME, "Who sends them."),
	NAME(format, "How the body is written; seen by its content without it."),
	F_END
};
static const struct contract query_contract = {
	.name = "OpsLogsQuery", .size = sizeof(Q), .fields = query_fields,
	.doc = "What is known of pushed lines.",
};

static int
encoding_check(struct call *c, struct err *e)
{
	struct str coding = request_header(c->req, "Content-Encoding");

	if (!coding.len || request_is_type(coding, "gzip") ||
	    request_is_type(coding, "x-gzip") ||
	    request_is_type(coding, "identity"))
		return 0;
	return err_set(e, ERR_MEDIA_TYPE, "the body may be encoded by gzip, "
	    "and by nothing else");
}

static int
take(void *to, struct log_line *line, struct err *e)
{
	return ingest_line(to, line, e);
}

static void
put_faults(struct answer *an, const struct err *f)
{
	json_key(&an->w, "errors");
	json_array_open(&an->w);
	for (; f; f = f->next) {
		json_object_open(&an->w);
		answer_text(an, "code", str(err_row(f->kind)->code));
		answer_text(an, "at", str(f->at));
		answer_text(an, "detail", str(f->detail));
		json_object_close(&an->w);
	}
	json_array_close(&an->w);
}

static int
done(struct call *c, const struct intake_result *r,
    const struct scan_totals *t, struct verb_answer *out, struct err *e)
{
	struct answer an;

	answer_begin(&an);
	answer_text(&an, "format", str(r->format));
	answer_int(&an, "lines", t->lines);
	answer_int(&an, "worker_logs", t->worker_logs);
	answer_int(&an, "build_logs", t->build_logs);
	answer_int(&an, "repeated", t->repeated);
	answer_int(&an, "passed", t->passed);
	answer_int(&an, "issues_opened", t->issues_opened);
	answer_int(&an, "reopened", t->reopened);
	answer_int(&an, "redacted", (int64_t)r->redacted.all);
	answer_int(&an, "cut", (int64_t)r->cut);
	answer_int(&an, "refused", (int64_t)r->refused);
	if (r->refused)
		put_faults(&an, r->faults);
	if (r->test) {
		json_key(&an.w, "test");
		json_put_bool(&an.w, true);
	}
	return answer_end(&an, c->arena, out, e);
}

/* Lines that are good are taken, whatever stands beside them: who pushes would
 * send the same body again and again. */
static int
read_body(struct call *c, struct ops *o, const struct log_line *base,
    struct str format, struct ingest *in, struct intake_result *r,
    struct err *e)
{
	const struct intake_request req = { .body = c->req->body,
	    .format = format, .content_type = c->req->content_type,
	    .base = base, .redactor = o->redactor, .partial = true,
	    .arena = c->arena };

	if (intake_read(&req, take, in, r, e) != 0 ||
	    ingest_flush(in, e) != 0)
		return -1;
	if (!r->refused || r->taken || !r->faults)
		return 0;
	*e = *r->faults;		/* there was nothing else */
	return -1;
}

static int
intake(struct call *c, void *arg, struct verb_answer *out, struct err *e)
{
	const struct intake_query *q = arg;
	struct intake_result r = { 0 };
	struct log_line base = {
		.kind = q->kind ? q->kind - 1 : q->repo.p || q->run_id.p ?
		    LINE_BUILD : LINE_WORKER,
		.level = LINE_INFO, .source = q->source, .worker = q->worker,
		.repo = q->repo, .run_id = q->run_id,
		.workflow = q->workflow, .job = q->job, .step = q->step,
		.ts = clock_now_ms(),
	};
	struct ingest in;
	struct ops *o;
	int rc;

	if (program_ops(c, &o, e) != 0)
		return -1;
	ingest_begin(&in, o);
	rc = read_body(c, o, &base, q->format, &in, &r, e);
	if (rc == 0)
		rc = done(c, &r, &in.totals, out, e);
	ingest_end(&in);
	ops_send_later(o);
	return rc;
}

int
ops_logs_post(struct call *c, struct err *e)
{
	struct intake_query q;

	if (contract_query(&query_contract, c->req->query, c->arena, &q,
	    e) != 0 || encoding_check(c, e) != 0)
		return -1;
	return program_once(c, intake, &q, e);
}
