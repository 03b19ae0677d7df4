#include "api/ops_regroup.h"

#include "api/answer.h"
#include "api/ops_use.h"
#include "api/program.h"
#include "ops/regroup.h"

#define B struct merge_body
struct merge_body { int64_t into; struct str by; };
static const struct field body_fields[] = {
	F_INT(B, into, "into", FIELD_REQUIRED, 1, INT64_MAX, -1, "The issue that it is a part of."),
	F_STR(B, by, "by", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Who says so; the token's name without it."),
	F_END
};
static const struct contract merge_body_contract = {
	.name = "OpsIssueMerge", .size = sizeof(B), .fields = body_fields,
	.doc = "Two issues are one defect.",
};
#undef B

struct doing {
	int64_t id;
	bool split;
	struct merge_body body;
};

static int
regroup(struct call *c, void *arg, struct verb_answer *out, struct err *e)
{
	const struct doing *d = arg;
	struct ops_issue i;
	struct answer an;
	struct ops *o;
	int rc;

	if (program_ops(c, &o, e) != 0)
		return -1;
	rc = d->split ? ops_split(o, c->arena, d->id, &i, e) :
	    ops_merge(o, c->arena, d->id, d->body.into, d->body.by, &i, e);
	if (rc != 0)
		return -1;
	ops_send_later(o);
	answer_begin(&an);
	answer_int(&an, "id", i.id);
	answer_text(&an, "status", str(issue_statuses[i.status]));
	answer_int(&an, "count", i.count);
	return answer_end(&an, c->arena, out, e);
}

int
ops_issue_merge(struct call *c, struct err *e)
{
	struct doing d = { .split = false };

	if (program_no_query(c, e) != 0 || program_body(c,
	    &merge_body_contract, &d.body, e) != 0 || program_issue(c, &d.id, e) != 0)
		return -1;
	if (!d.body.by.p)
		d.body.by = c->caller.name;
	return program_once(c, regroup, &d, e);
}

int
ops_issue_split(struct call *c, struct err *e)
{
	struct doing d = { .split = true };

	if (program_no_query(c, e) != 0 || program_issue(c, &d.id, e) != 0)
		return -1;
	return program_once(c, regroup, &d, e);
}
