#include "api/github.h"

#include "api/answer.h"
#include "api/github_shape.h"
#include "api/ops_use.h"
#include "api/program.h"
#include "base/clock.h"
#include "ops/webhook.h"

#define LIMIT_DEFAULT	30
#define LIMIT_MAX	1000
#define BODY_CHARS	65536		/* GitHub's own ceiling */
#define TITLE_CHARS	256
#define LABELS_MAX	100
#define LABEL_BYTES	50

const char *const github_states[3] = { "open", "closed", "all" };
const char *const github_changes[2] = { "open", "closed" };

#define Q struct github_list
static const struct field list_fields[] = {
	GITHUB_REPO_FIELD(Q),
	F_ENUM(Q, state, "state", 0, github_states, countof(github_states), "open", "Which of them."),
	F_STR(Q, labels, "labels", 0, 1, 1000, FMT_NAME, "Only issues with all of these labels, separated by commas."),
	F_INT(Q, limit, "limit", 0, 1, LIMIT_MAX, LIMIT_DEFAULT, "How many at most."),
	F_END
};
const struct contract github_list_contract = {
	.name = "GithubIssueQuery", .size = sizeof(Q), .fields = list_fields,
	.doc = "Which issues are wanted.",
};
static const struct field prs_fields[] = {
	GITHUB_REPO_FIELD(Q),
	F_ENUM(Q, state, "state", 0, github_states, countof(github_states), "open", "Which of them."),
	F_INT(Q, limit, "limit", 0, 1, LIMIT_MAX, LIMIT_DEFAULT, "How many at most."),
	F_END
};
const struct contract github_prs_contract = {
	.name = "GithubPullQuery", .size = sizeof(Q), .fields = prs_fields,
	.doc = "Which pull requests are wanted.",
};

#define N struct github_new_issue
static const struct field new_fields[] = {
	F_STR(N, title, "title", FIELD_REQUIRED, 1, TITLE_CHARS * 4, FMT_NAME, "In one line."),
	F_STR(N, body, "body", 0, 0, BODY_CHARS * 4, FMT_TEXT, "Its text, in Markdown."),
	F_STRS(N, labels, n_labels, "labels", 0, 0, LABELS_MAX, LABEL_BYTES * 4, FMT_NAME, "Labels that it gets."),
	GITHUB_REPO_FIELD(N),
	F_END
};
const struct contract github_new_issue_contract = {
	.name = "GithubNewIssue", .size = sizeof(N), .fields = new_fields,
	.doc = "An issue to be made on GitHub.",
};

#define C struct github_change
static const struct field comment_fields[] = {
	F_STR(C, body, "body", FIELD_REQUIRED, 1, BODY_CHARS * 4, FMT_TEXT, "What is said, in Markdown."),
	GITHUB_REPO_FIELD(C),
	F_END
};
static const struct contract comment_contract = {
	.name = "GithubNewComment", .size = sizeof(C),
	.fields = comment_fields, .doc = "A comment to be made on GitHub.",
};
static const struct field state_fields[] = {
	F_ENUM(C, state, "state", FIELD_REQUIRED, github_changes, countof(github_changes), NULL, "What it is to be."),
	GITHUB_REPO_FIELD(C),
	F_END
};
static const struct contract state_contract = {
	.name = "GithubIssueState", .size = sizeof(C),
	.fields = state_fields, .doc = "How an issue on GitHub is to change.",
};

/* -- asking -- */

/* One question: whom, where. */
struct asking {
	struct ops *o;
	struct github *gh;
	struct github_call call;
};

static bool
is_listed(const struct ops *o, struct str repo)
{
	struct str rest = o->g->cfg->github_repos, one;

	if (str_eq(repo, o->target))
		return true;
	while (rest.p) {
		one = str_trim(str_cut(&rest, ','));
		if (one.len && str_eq(one, repo))
			return true;
	}
	return false;
}

/* Our token may reach more than the operator wants to be reached. */
static int
ask_begin(struct call *c, struct str repo, struct asking *out, struct err *e)
{
	struct ops *o;

	if (program_ops(c, &o, e) != 0)
		return -1;
	if (!repo.p)
		repo = o->target;
	if (!repo.len)
		return err_set(e, ERR_NOT_READY, "no repository is configured: "
		    "PATCHWARDEN_GITHUB_OWNER and PATCHWARDEN_GITHUB_REPO "
		    "name it");
	if (github_repo_check(repo, e) != 0)
		return err_at(e, "repo");
	if (!is_listed(o, repo)) {
		err_set(e, ERR_INVALID, "the repository %.*s is not "
		    "configured; PATCHWARDEN_GITHUB_REPOS names those that "
		    "may be used", STR_ARG(repo));
		return err_at(e, "repo");
	}
	*out = (struct asking){ .o = o,
	    .call = { .a = c->arena, .repo = repo } };
	if (ops_github(o, &out->gh, e) == 0)
		return 0;
	if (e->kind == ERR_CONFIG)
		err_status(e, 503);
	return -1;
}

/* What GitHub did not do.  When it may have done it, that is the answer, which
 * stays the same for the same Idempotency-Key: asking again may do it twice. */
static int
ask_failed(struct call *c, struct asking *q, struct verb_answer *out,
    struct err *e)
{
	struct answer an;

	if (q->call.status == 401) {	/* the token's file may be a new one */
		github_free(q->o->github);
		q->o->github = NULL;
	}
	if (q->call.status == 401 || (q->call.status == 403 &&
	    e->kind == ERR_UPSTREAM_REFUSED))
		err_add(e, "; look at PATCHWARDEN_GITHUB_TOKEN_FILE, and at "
		    "what its token may do in %.*s",
		    STR_ARG(q->call.repo));
	if (q->call.outcome == GITHUB_UNSENT && e->kind == ERR_UNREACHABLE)
		err_add(e, "; nothing was changed");
	if (e->kind == ERR_CONFIG)
		err_status(e, 503);
	if (q->call.outcome != GITHUB_UNKNOWN)
		return -1;
	err_add(e, "; it may have been done: look before it is asked for "
	    "again");
	answer_problem(&an, c, e);
	answer_text(&an, "outcome", STR("unknown"));
	return answer_end(&an, c->arena, out, e);
}

static void
answer_repo(struct answer *an, const struct asking *q)
{
	answer_begin(an);
	answer_text(an, "repo", q->call.repo);
}

int
github_list_issues(struct call *c, void *list, struct verb_answer *out,
    struct err *e)
{
	const struct github_list *l = list;
	struct github_issue_query want = { .labels = l->labels,
	    .state = str(github_states[l->state]), .since = -1,
	    .newest_first = true, .max = (size_t)l->limit };
	struct github_issues got;
	struct asking q;
	struct answer an;

	if (ask_begin(c, l->repo, &q, e) != 0)
		return -1;
	if (github_issues(q.gh, &q.call, &want, &got, e) != 0)
		return ask_failed(c, &q, out, e);
	answer_repo(&an, &q);
	json_key(&an.w, "issues");
	json_array_open(&an.w);
	for (size_t i = 0; i < got.n; i++)
		contract_encode(&github_issue_shape, &got.rows[i], &an.w);
	json_array_close(&an.w);
	json_key(&an.w, "has_more");
	json_put_bool(&an.w, got.more);
	return answer_end(&an, c->arena, out, e);
}

int
github_list_prs(struct call *c, void *list, struct verb_answer *out,
    struct err *e)
{
	const struct github_list *l = list;
	struct github_pull_query want = {
	    .state = str(github_states[l->state]), .max = (size_t)l->limit };
	struct github_pulls got;
	struct asking q;
	struct answer an;

	if (ask_begin(c, l->repo, &q, e) != 0)
		return -1;
	if (github_pulls(q.gh, &q.call, &want, &got, e) != 0)
		return ask_failed(c, &q, out, e);
	answer_repo(&an, &q);
	json_key(&an.w, "prs");
	json_array_open(&an.w);
	for (size_t i = 0; i < got.n; i++)
		contract_encode(&github_pull_shape, &got.rows[i], &an.w);
	json_array_close(&an.w);
	json_key(&an.w, "has_more");
	json_put_bool(&an.w, got.more);
	return answer_end(&an, c->arena, out, e);
}

int
github_create_issue(struct call *c, void *new_issue, struct verb_answer *out,
    struct err *e)
{
	const struct github_new_issue *n = new_issue;
	struct github_issue_text text = { .title = n->title,
	    .body = n->body, .labels = n->n_labels ? n->labels : NULL,
	    .n_labels = n->n_labels };
	struct github_issue made;
	struct asking q;
	struct answer an;

	if (ask_begin(c, n->repo, &q, e) != 0)
		return -1;
	if (github_issue_create(q.gh, &q.call, &text, &made, e) != 0)
		return ask_failed(c, &q, out, e);
	answer_repo(&an, &q);
	an.status = 201;
	json_key(&an.w, "issue");
	contract_encode(&github_issue_shape, &made, &an.w);
	return answer_end(&an, c->arena, out, e);
}

int
github_comment_on(struct call *c, void *change, struct verb_answer *out,
    struct err *e)
{
	const struct github_change *ch = change;
	struct github_comment said = { .body = ch->body, .created_at = -1 };
	struct asking q;
	struct answer an;

	if (ask_begin(c, ch->repo, &q, e) != 0)
		return -1;
	if (github_comment_create(q.gh, &q.call, ch->number, &said, e) != 0)
		return ask_failed(c, &q, out, e);
	answer_repo(&an, &q);
	an.status = 201;
	answer_int(&an, "number", ch->number);
	json_key(&an.w, "comment");
	contract_encode(&github_comment_shape, &said, &an.w);
	return answer_end(&an, c->arena, out, e);
}

int
github_set_state(struct call *c, void *change, struct verb_answer *out,
    struct err *e)
{
	const struct github_change *ch = change;
	struct github_issue_text text = {
	    .state = str(github_changes[ch->state]) };
	struct asking q;
	struct answer an;

	if (ask_begin(c, ch->repo, &q, e) != 0)
		return -1;
	if (github_issue_update(q.gh, &q.call, ch->number, &text, e) != 0)
		return ask_failed(c, &q, out, e);
	answer_repo(&an, &q);
	answer_int(&an, "number", ch->number);
	answer_text(&an, "state", text.state);
	return answer_end(&an, c->arena, out, e);
}

/* -- routes -- */

static int
answer(struct call *c, program_verb_fn *verb, void *arg, struct err *e)
{
	struct verb_answer out;

	if (verb(c, arg, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}

int
github_issues_get(struct call *c, struct err *e)
{
	struct github_list l;

	if (contract_query(&github_list_contract, c->req->query, c->arena, &l,
	    e) != 0)
		return -1;
	return answer(c, github_list_issues, &l, e);
}

int
github_prs_get(struct call *c, struct err *e)
{
	struct github_list l = { 0 };

	if (contract_query(&github_prs_contract, c->req->query, c->arena, &l,
	    e) != 0)
		return -1;
	return answer(c, github_list_prs, &l, e);
}

static int
number_of(struct call *c, int64_t *n, struct err *e)
{
	if (str_int(c->param[0], n) && *n > 0)
		return 0;
	return err_set(e, ERR_NOT_FOUND, "the number of an issue is expected "
	    "in the path");
}

int
github_issues_post(struct call *c, struct err *e)
{
	struct github_new_issue n;

	if (program_no_query(c, e) != 0 || program_body(c,
	    &github_new_issue_contract, &n, e) != 0)
		return -1;
	return program_once(c, github_create_issue, &n, e);
}

int
github_comments_post(struct call *c, struct err *e)
{
	struct github_change ch = { 0 };

	if (program_no_query(c, e) != 0 || program_body(c, &comment_contract,
	    &ch, e) != 0 || number_of(c, &ch.number, e) != 0)
		return -1;
	return program_once(c, github_comment_on, &ch, e);
}

int
github_issue_patch(struct call *c, struct err *e)
{
	struct github_change ch = { 0 };

	if (program_no_query(c, e) != 0 || program_body(c, &state_contract,
	    &ch, e) != 0 || number_of(c, &ch.number, e) != 0)
		return -1;
	return program_once(c, github_set_state, &ch, e);
}

/* GitHub waits ten seconds, and sends again what it got no answer to: what it
 * told is in the database when it is told so, and nothing else is done here. */
int
github_webhook(struct call *c, struct err *e)
{
	static const char *const outcomes[] = {
		[WEBHOOK_DONE] = "done", [WEBHOOK_REPEATED] = "repeated",
		[WEBHOOK_IGNORED] = "ignored",
	};
	struct webhook w = {
		.event = request_header(c->req, "X-GitHub-Event"),
		.delivery = request_header(c->req, "X-GitHub-Delivery"),
		.signature = request_header(c->req, "X-Hub-Signature-256"),
		.body = c->req->body,
	};
	enum webhook_outcome what;
	struct verb_answer out;
	struct answer an;
	struct ops *o;

	if (program_no_query(c, e) != 0 || program_ops(c, &o, e) != 0 ||
	    ops_webhook(o, c->arena, &w, &what, e) != 0)
		return -1;
	answer_begin(&an);
	answer_text(&an, "outcome", str(outcomes[what]));
	if (answer_end(&an, c->arena, &out, e) != 0)
		return -1;
	program_answer(c, &out);
	return 0;
}
