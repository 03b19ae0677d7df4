#include "api/ops_intake.h"

#include "api/answer.h"
#include "api/ops_use.h"
#include "api/program.h"
#include "ops/push.h"

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

static int
intake(struct call *c, void *arg, struct verb_answer *out, struct err *e)
{
	struct push p = { .body = c->req->body,
	    .content_type = c->req->content_type, .known = arg };
	struct ops *o;
	int rc;

	if (program_ops(c, &o, e) != 0)
		return -1;
	rc = ops_push(o, c->arena, &p, e);
	if (rc == 0)
		rc = done(c, &p.result, &p.totals, out, e);
	ops_send_later(o);
	return rc;
}

int
ops_logs_post(struct call *c, struct err *e)
{
	struct log_push known;

	if (contract_query(&log_push_contract, c->req->query, c->arena,
	    &known, e) != 0 || encoding_check(c, e) != 0)
		return -1;
	return program_once(c, intake, &known, e);
}
