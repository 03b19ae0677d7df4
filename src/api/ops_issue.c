#include "api/ops_issue.h"

#include "api/answer.h"
#include "api/ops_use.h"
#include "api/program.h"
#include "base/clock.h"
#include "ops/life.h"
#include "tracker/issue.h"
#include "tracker/line.h"
#include "tracker/outbox.h"
#include "tracker/scan.h"

#define LINES_SHOWN	20
#define NOTE_MAX_BYTES	KIB(8)

#define B struct verb_body
struct verb_body { struct str by, note; };
static const struct field body_fields[] = {
	F_STR(B, by, "by", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Who does it; the token's name without it."),
	F_STR(B, note, "note", 0, 0, NOTE_MAX_BYTES, FMT_TEXT, "What is to be said about it; it goes into the comment on GitHub."),
	F_END
};
static const struct contract verb_body_contract = {
	.name = "OpsIssueVerb", .size = sizeof(B), .fields = body_fields,
	.doc = "Who does something to an issue, and why.",
};
#undef B

static int
send(struct call *c, struct answer *an, struct err *e)
{
	struct verb_answer out;

	if (answer_end(an, c->arena, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}

int
ops_issues_get(struct call *c, struct err *e)
{
	struct ops_issue *rows;
	struct issue_query q;
	struct answer an;
	struct govern *g;
	int64_t limit;
	size_t n;

	if (contract_query(&issue_query_contract, c->req->query, c->arena,
	    &q, e) != 0 || issue_query_resolve(&q, e) != 0 ||
	    program_govern(c, &g, e) != 0)
		return -1;
	limit = q.limit++;		/* is there one more? */
	if (issue_list(g->db, c->arena, &q, &rows, &n, e) != 0)
		return -1;
	answer_begin(&an);
	json_key(&an.w, "issues");
	json_array_open(&an.w);
	for (size_t i = 0; i < n && i < (size_t)limit; i++)
		contract_encode(&ops_issue_contract, &rows[i], &an.w);
	json_array_close(&an.w);
	answer_next(&an, c, n > (size_t)limit ? rows[limit - 1].id : 0);
	return send(c, &an, e);
}

int
ops_issue_get(struct call *c, struct err *e)
{
	struct log_line *lines;
	struct ops_issue i;
	struct answer an;
	struct govern *g;
	int64_t id;
	size_t n;
	int rc;

	if (program_no_query(c, e) != 0 || program_govern(c, &g, e) != 0 ||
	    program_issue(c, &id, e) != 0)
		return -1;
	rc = issue_get(g->db, c->arena, id, &i, e);
	if (rc <= 0)
		return rc < 0 ? -1 : program_no_issue(c, e);
	if (line_of_issue(g->db, c->arena, (enum line_kind)i.kind, id,
	    LINES_SHOWN, &lines, &n, e) != 0)
		return -1;
	answer_begin(&an);
	json_key(&an.w, "issue");
	contract_encode(&ops_issue_contract, &i, &an.w);
	json_key(&an.w, "lines");
	json_array_open(&an.w);
	for (size_t k = 0; k < n; k++)
		contract_encode(&log_line_contract, &lines[k], &an.w);
	json_array_close(&an.w);
	return send(c, &an, e);
}

/* -- verbs -- */

struct doing {
	int64_t id;
	enum issue_verb verb;
	struct verb_body body;
};

/* Its state says no: who has it, and where it stands. */
static int
refuse(struct call *c, const struct ops_issue *i, struct verb_answer *out,
    struct err *e)
{
	struct answer an;

	if ((e->kind != ERR_CLAIMED && e->kind != ERR_WRONG_STATE) || !i->id)
		return -1;
	answer_problem(&an, c, e);
	answer_int(&an, "id", i->id);
	answer_text(&an, "issue_status", str(issue_statuses[i->status]));
	answer_text(&an, "claimed_by", i->claimed_by);
	return answer_end(&an, c->arena, out, e);
}

static int
do_verb(struct call *c, void *arg, struct verb_answer *out, struct err *e)
{
	const struct doing *d = arg;
	struct ops_issue i = { 0 };
	struct answer an;
	struct ops *o;
	int rc;

	if (program_ops(c, &o, e) != 0)
		return -1;
	rc = ops_issue_do(o, c->arena, d->id, d->verb, d->body.by,
	    d->body.note, &i, e);
	if (rc < 0)
		return refuse(c, &i, out, e);
	if (rc > 0)
		ops_send_later(o);
	answer_begin(&an);
	answer_int(&an, "id", i.id);
	answer_text(&an, "status", str(issue_statuses[i.status]));
	answer_text(&an, "claimed_by", i.claimed_by);
	json_key(&an.w, "changed");
	json_put_bool(&an.w, rc > 0);
	return answer_end(&an, c->arena, out, e);
}

static int
verb(struct call *c, enum issue_verb v, struct err *e)
{
	struct doing d = { .verb = v };

	if (program_no_query(c, e) != 0 || program_body_if(c,
	    &verb_body_contract, &d.body, e) != 0)
		return -1;
	if (program_issue(c, &d.id, e) != 0)
		return -1;
	if (!d.body.by.p)
		d.body.by = c->caller.name;
	return program_once(c, do_verb, &d, e);
}

int
ops_issue_claim(struct call *c, struct err *e)
{
	return verb(c, ISSUE_CLAIM, e);
}

int
ops_issue_resolve(struct call *c, struct err *e)
{
	return verb(c, ISSUE_RESOLVE, e);
}

int
ops_issue_reopen(struct call *c, struct err *e)
{
	return verb(c, ISSUE_REOPEN, e);
}

int
ops_issue_ignore(struct call *c, struct err *e)
{
	return verb(c, ISSUE_IGNORE, e);
}

int
ops_issue_triage(struct call *c, struct err *e)
{
	return verb(c, ISSUE_TRIAGE, e);
}

/* -- sums -- */

struct sums {
	int64_t of_status[ISSUE_STATUS__MAX], severities[ISSUE_STATUS__MAX];
	int64_t of_severity[6], active[6];
	int64_t issues, actives;
};

static void
sum(struct sums *s, const struct issue_tally *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool active = t[i].status == ISSUE_OPEN ||
		    t[i].status == ISSUE_TRIAGED ||
		    t[i].status == ISSUE_IN_PROGRESS;

		s->of_status[t[i].status] += t[i].count;
		s->severities[t[i].status] += t[i].count * t[i].severity;
		s->issues += t[i].count;
		s->actives += active ? t[i].count : 0;
		if (t[i].severity < 1 || t[i].severity > 5)
			continue;
		s->of_severity[t[i].severity] += t[i].count;
		s->active[t[i].severity] += active ? t[i].count : 0;
	}
}

static void
put_sums(struct answer *an, const struct sums *s)
{
	json_key(&an->w, "breakdown");
	json_array_open(&an->w);
	for (int k = 0; k < ISSUE_STATUS__MAX; k++) {
		if (!s->of_status[k])
			continue;
		json_object_open(&an->w);
		answer_text(an, "status", str(issue_statuses[k]));
		answer_int(an, "count", s->of_status[k]);
		json_key(&an->w, "avg_sev");
		json_put_double(&an->w, (double)(s->severities[k] * 100 /
		    s->of_status[k]) / 100);
		json_object_close(&an->w);
	}
	json_array_close(&an->w);
	json_key(&an->w, "by_severity");
	json_array_open(&an->w);
	for (int k = 1; k <= 5; k++) {
		json_object_open(&an->w);
		answer_int(an, "severity", k);
		answer_int(an, "count", s->of_severity[k]);
		answer_int(an, "active", s->active[k]);
		json_object_close(&an->w);
	}
	json_array_close(&an->w);
}

static void
put_time(struct answer *an, const char *key, int64_t ms)
{
	char at[CLOCK_TEXT_BYTES];

	answer_text(an, key, ms < 0 ? STR_NONE : clock_write(ms, at));
}

/* Where each source of logs stands, and what is wrong with it. */
static void
put_sources(struct answer *an, const struct log_source *rows, size_t n)
{
	json_key(&an->w, "sources");
	json_array_open(&an->w);
	for (size_t i = 0; i < n; i++) {
		json_object_open(&an->w);
		answer_text(an, "source", rows[i].name);
		answer_int(an, "lines", rows[i].lines);
		put_time(an, "read_at", rows[i].read_ms);
		put_time(an, "covered_to", rows[i].covered_ms);
		answer_text(an, "error", rows[i].error);
		json_object_close(&an->w);
	}
	json_array_close(&an->w);
}

int
ops_summary(struct call *c, struct err *e)
{
	struct issue_tally *tallies;
	struct log_source *sources;
	struct sums s = { 0 };
	struct answer an;
	struct govern *g;
	size_t n, n_sources;
	int64_t waiting;

	if (program_no_query(c, e) != 0 || program_govern(c, &g, e) != 0 ||
	    issue_tallies(g->db, c->arena, &tallies, &n, e) != 0 ||
	    source_list(g->db, c->arena, &sources, &n_sources, e) != 0 ||
	    outbox_open(g->db, &waiting, e) != 0)
		return -1;
	sum(&s, tallies, n);
	answer_begin(&an);
	json_key(&an.w, "totals");
	json_object_open(&an.w);
	answer_int(&an, "issues", s.issues);
	answer_int(&an, "active", s.actives);
	answer_int(&an, "waiting_for_github", waiting);
	json_object_close(&an.w);
	put_sums(&an, &s);
	put_sources(&an, sources, n_sources);
	return send(c, &an, e);
}
