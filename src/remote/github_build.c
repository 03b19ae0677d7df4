/* Pull requests and builds: what is only read. */
#include "remote/github_wire.h"

#include "base/clock.h"

#define ROWS_MAX 1000
#define PLACE_MAX KIB(8)

struct branch {
	struct str ref, sha;
};
static const struct field branch_fields[] = {
	F_STR(struct branch, ref, "ref", 0, 0, KIB(4), FMT_TEXT, "A branch."),
	F_STR(struct branch, sha, "sha", 0, 0, 100, FMT_TEXT, "Where it is."),
	F_END
};
static const struct contract branch_contract = {
	.name = "GithubBranch", .size = sizeof(struct branch),
	.fields = branch_fields, .open = true, .doc = "An end of a pull.",
};
struct pull_wire {
	int64_t number;
	struct str title, body, state, html_url;
	struct github_login user;
	struct branch head, base;
	bool draft;
	int64_t created_at, updated_at, merged_at;
};
#define P struct pull_wire
static const struct field pull_fields[] = {
	F_INT(P, number, "number", FIELD_REQUIRED, 1, INT64_MAX, 0, "Its number."),
	F_STR(P, title, "title", FIELD_REQUIRED, 0, MIB(1), FMT_TEXT, "One line."),
	F_STR(P, body, "body", 0, 0, MIB(1), FMT_TEXT, "Markdown."),
	F_STR(P, state, "state", FIELD_REQUIRED, 1, 100, FMT_NAME, "open or closed."),
	F_STR(P, html_url, "html_url", FIELD_REQUIRED, 1, PLACE_MAX, FMT_NAME, "For people."),
	F_OBJECT(P, user, "user", &github_login_contract, "Who wants it."),
	F_OBJECT(P, head, "head", &branch_contract, "What comes."),
	F_OBJECT(P, base, "base", &branch_contract, "Where it comes to."),
	F_BOOL(P, draft, "draft", "false", "It is not ready."),
	F_TIME(P, created_at, "created_at", FIELD_REQUIRED, "When it was made."),
	F_TIME(P, updated_at, "updated_at", FIELD_REQUIRED, "When it changed."),
	F_TIME(P, merged_at, "merged_at", 0, "When it went in."),
	F_END
};
static const struct contract pull_contract = {
	.name = "GithubPull", .size = sizeof(P), .fields = pull_fields,
	.open = true, .doc = "A pull request.",
};

#define R struct github_run
static const struct field run_fields[] = {
	F_INT(R, id, "id", FIELD_REQUIRED, 1, INT64_MAX, 0, "Its id."),
	F_INT(R, workflow_id, "workflow_id", 0, 0, INT64_MAX, 0, "Of what."),
	F_INT(R, attempt, "run_attempt", 0, 0, INT64_MAX, 1, "How often it began."),
	F_INT(R, number, "run_number", 0, 0, INT64_MAX, 0, "Its number."),
	F_STR(R, name, "name", 0, 0, KIB(8), FMT_TEXT, "The workflow's name."),
	F_STR(R, path, "path", 0, 0, PLACE_MAX, FMT_TEXT, "The workflow's file."),
	F_STR(R, event, "event", 0, 0, 1000, FMT_TEXT, "Why it ran."),
	F_STR(R, branch, "head_branch", 0, 0, KIB(4), FMT_TEXT, "On which branch."),
	F_STR(R, sha, "head_sha", 0, 0, 100, FMT_TEXT, "On which commit."),
	F_STR(R, status, "status", 0, 0, 100, FMT_TEXT, "How far it is."),
	F_STR(R, conclusion, "conclusion", 0, 0, 100, FMT_TEXT, "How it ended."),
	F_STR(R, html_url, "html_url", 0, 0, PLACE_MAX, FMT_NAME, "For people."),
	F_TIME(R, created_at, "created_at", FIELD_REQUIRED, "When it was made."),
	F_TIME(R, updated_at, "updated_at", FIELD_REQUIRED, "When it changed."),
	F_END
};
static const struct contract run_contract = {
	.name = "GithubRun", .size = sizeof(R), .fields = run_fields,
	.open = true, .doc = "A run of a workflow.",
};

#define N struct github_step
static const struct field step_fields[] = {
	F_INT(N, number, "number", 0, 0, INT64_MAX, 0, "Its place."),
	F_STR(N, name, "name", 0, 0, KIB(8), FMT_TEXT, "Its name."),
	F_STR(N, status, "status", 0, 0, 100, FMT_TEXT, "How far it is."),
	F_STR(N, conclusion, "conclusion", 0, 0, 100, FMT_TEXT, "How it ended."),
	F_END
};
static const struct contract step_contract = {
	.name = "GithubStep", .size = sizeof(N), .fields = step_fields,
	.open = true, .doc = "A step of a job.",
};
struct job_wire {
	struct github_job job;
	struct str check_run_url;
};
#define J struct job_wire
static const struct field job_fields[] = {
	F_INT(J, job.id, "id", FIELD_REQUIRED, 1, INT64_MAX, 0, "Its id."),
	F_INT(J, job.run_id, "run_id", FIELD_REQUIRED, 1, INT64_MAX, 0, "Of which run."),
	F_INT(J, job.attempt, "run_attempt", 0, 0, INT64_MAX, 1, "Of which attempt."),
	F_STR(J, job.name, "name", FIELD_REQUIRED, 0, KIB(8), FMT_TEXT, "Its name."),
	F_STR(J, job.workflow, "workflow_name", 0, 0, KIB(8), FMT_TEXT, "The workflow's name."),
	F_STR(J, job.status, "status", 0, 0, 100, FMT_TEXT, "How far it is."),
	F_STR(J, job.conclusion, "conclusion", 0, 0, 100, FMT_TEXT, "How it ended."),
	F_STR(J, job.html_url, "html_url", 0, 0, PLACE_MAX, FMT_NAME, "For people."),
	F_STR(J, check_run_url, "check_run_url", 0, 0, PLACE_MAX, FMT_TEXT, "Whose annotations."),
	F_TIME(J, job.started_at, "started_at", 0, "When it began."),
	F_TIME(J, job.completed_at, "completed_at", 0, "When it ended."),
	F_LIST(J, job.steps, job.n_steps, "steps", 0, 0, 10000, &step_contract, "What it does."),
	F_END
};
static const struct contract job_contract = {
	.name = "GithubJob", .size = sizeof(J), .fields = job_fields,
	.open = true, .doc = "A job of a run.",
};

#define A struct github_annotation
static const struct field annotation_fields[] = {
	F_STR(A, path, "path", 0, 0, PLACE_MAX, FMT_TEXT, "Which file."),
	F_STR(A, level, "annotation_level", 0, 0, 100, FMT_TEXT, "How bad it is."),
	F_STR(A, title, "title", 0, 0, MIB(1), FMT_TEXT, "One line."),
	F_STR(A, message, "message", 0, 0, MIB(1), FMT_TEXT, "What it says."),
	F_STR(A, raw_details, "raw_details", 0, 0, MIB(1), FMT_TEXT, "More of it."),
	F_INT(A, start_line, "start_line", 0, 0, INT64_MAX, 0, "From where."),
	F_INT(A, end_line, "end_line", 0, 0, INT64_MAX, 0, "To where."),
	F_END
};
static const struct contract annotation_contract = {
	.name = "GithubAnnotation", .size = sizeof(A),
	.fields = annotation_fields, .open = true,
	.doc = "What a check says of some lines.",
};

struct taking {
	struct arena *a;
	struct github_rows rows;
};

static bool
take_pull(void *to, const void *row)
{
	struct taking *t = to;
	const struct pull_wire *w = row;
	struct github_pull *next = github_rows_next(&t->rows, t->a,
	    sizeof(*next));

	if (next)
		*next = (struct github_pull){ .number = w->number,
		    .title = w->title, .body = w->body, .state = w->state,
		    .html_url = w->html_url, .user = w->user.login,
		    .head = w->head.ref, .base = w->base.ref,
		    .head_sha = w->head.sha, .draft = w->draft,
		    .created_at = w->created_at, .updated_at = w->updated_at,
		    .merged_at = w->merged_at };
	return next != NULL;
}

int
github_pulls(struct github *g, struct github_call *c,
    const struct github_pull_query *q, struct github_pulls *out,
    struct err *e)
{
	struct taking t = { .a = c->a,
	    .rows = { .max = q->max ? q->max : ROWS_MAX } };
	struct github_list l = { .row = &pull_contract, .take = take_pull,
	    .to = &t };

	if (github_path(c, &l.path, e, "/pulls?sort=created&direction=desc"
	    "%.*s", STR_ARG(github_param(c->a, "state", q->state))) != 0 ||
	    github_ask_list(g, c, &l, e) != 0)
		return -1;
	*out = (struct github_pulls){ t.rows.p, t.rows.n, l.more };
	return 0;
}

static bool
take_run(void *to, const void *row)
{
	struct taking *t = to;
	struct github_run *next = github_rows_next(&t->rows, t->a,
	    sizeof(*next));

	if (next)
		*next = *(const struct github_run *)row;
	return next != NULL;
}

/* GitHub's way to say from when to when. */
static struct str
span(struct arena *a, int64_t from, int64_t to)
{
	struct str low = from >= 0 ? clock_text(a, from / 1000 * 1000) :
	    STR_NONE;
	struct str high = to >= 0 ? clock_text(a, to / 1000 * 1000) : STR_NONE;

	if (low.p && high.p)
		return arena_fmt(a, "%.*s..%.*s", STR_ARG(low),
		    STR_ARG(high));
	if (low.p)
		return arena_fmt(a, ">=%.*s", STR_ARG(low));
	return high.p ? arena_fmt(a, "<=%.*s", STR_ARG(high)) : STR_NONE;
}

int
github_runs(struct github *g, struct github_call *c,
    const struct github_run_query *q, struct github_runs *out, struct err *e)
{
	struct taking t = { .a = c->a,
	    .rows = { .max = q->max ? q->max : ROWS_MAX } };
	struct github_list l = { .row = &run_contract, .take = take_run,
	    .to = &t, .wrap = "workflow_runs" };
	struct str when = span(c->a, q->created_from, q->created_to);

	if (github_path(c, &l.path, e, "/actions/runs?exclude_pull_requests="
	    "true%.*s%.*s%.*s%.*s",
	    STR_ARG(github_param(c->a, "status", q->status)),
	    STR_ARG(github_param(c->a, "branch", q->branch)),
	    STR_ARG(github_param(c->a, "event", q->event)),
	    STR_ARG(github_param(c->a, "created", when))) != 0 ||
	    github_ask_list(g, c, &l, e) != 0)
		return -1;
	*out = (struct github_runs){ t.rows.p, t.rows.n, l.more };
	return 0;
}

/* The number that an address ends with; -1: none. */
static int64_t
last_number(struct str url)
{
	int64_t n = -1;

	while (url.p)
		if (!str_int(str_cut(&url, '/'), &n))
			n = -1;
	return n;
}

static bool
take_job(void *to, const void *row)
{
	struct taking *t = to;
	const struct job_wire *w = row;
	struct github_job *next = github_rows_next(&t->rows, t->a,
	    sizeof(*next));

	if (!next)
		return false;
	*next = w->job;
	next->check_run = last_number(w->check_run_url);
	return true;
}

int
github_jobs(struct github *g, struct github_call *c, int64_t run,
    struct github_jobs *out, struct err *e)
{
	struct taking t = { .a = c->a, .rows = { .max = ROWS_MAX } };
	struct github_list l = { .row = &job_contract, .take = take_job,
	    .to = &t, .wrap = "jobs" };

	if (github_path(c, &l.path, e, "/actions/runs/%lld/jobs"
	    "?filter=latest", (long long)run) != 0 ||
	    github_ask_list(g, c, &l, e) != 0)
		return -1;
	*out = (struct github_jobs){ t.rows.p, t.rows.n, l.more };
	return 0;
}

static bool
take_annotation(void *to, const void *row)
{
	struct taking *t = to;
	struct github_annotation *next = github_rows_next(&t->rows, t->a,
	    sizeof(*next));

	if (next)
		*next = *(const struct github_annotation *)row;
	return next != NULL;
}

int
github_annotations(struct github *g, struct github_call *c,
    int64_t check_run, struct github_annotations *out, struct err *e)
{
	struct taking t = { .a = c->a, .rows = { .max = ROWS_MAX } };
	struct github_list l = { .row = &annotation_contract,
	    .take = take_annotation, .to = &t };

	if (github_path(c, &l.path, e, "/check-runs/%lld/annotations",
	    (long long)check_run) != 0 || github_ask_list(g, c, &l, e) != 0)
		return -1;
	*out = (struct github_annotations){ t.rows.p, t.rows.n, l.more };
	return 0;
}
