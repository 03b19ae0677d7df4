#include "api/answer.h"

#include "api/program.h"
#include "contract/problem.h"

static void
begin(struct answer *an, int status)
{
	*an = (struct answer){ .text = BUF_INIT(ANSWER_MAX_BYTES),
	    .status = status };
	an->w = JSON_WRITER(&an->text);
	json_object_open(&an->w);
}

void
answer_begin(struct answer *an)
{
	begin(an, 200);
	json_key(&an->w, "ok");
	json_put_bool(&an->w, true);
}

void
answer_problem(struct answer *an, const struct call *c, const struct err *e)
{
	begin(an, err_http(e));
	problem_members(&an->w, e, c->req->request_id);
}

int
answer_end(struct answer *an, struct arena *a, struct verb_answer *out,
    struct err *e)
{
	int rc;

	json_object_close(&an->w);
	buf_addc(&an->text, '\n');
	rc = buf_check(&an->text, "the answer", e);
	*out = (struct verb_answer){ .status = an->status,
	    .content_type = an->status < 400 ? STR("application/json") :
	    STR(PROBLEM_TYPE), .body = arena_str(a, buf_str(&an->text)) };
	buf_free(&an->text);
	return rc;
}

void
answer_text(struct answer *an, const char *key, struct str value)
{
	json_key(&an->w, key);
	json_put_str(&an->w, value);
}

void
answer_int(struct answer *an, const char *key, int64_t value)
{
	json_key(&an->w, key);
	json_put_int(&an->w, value);
}

void
answer_next(struct answer *an, struct call *c, int64_t below_id)
{
	struct str cursor = STR_NONE;

	if (below_id) {
		cursor = arena_fmt(c->arena, "%lld", (long long)below_id);
		program_next_link(c, "cursor", cursor);
	}
	answer_text(an, "next", cursor);
}
