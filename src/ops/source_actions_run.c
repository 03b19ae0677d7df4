#include "ops/source_actions.h"

#include "base/clock.h"
#include "logs/intake.h"

#define SOURCE		"github-actions"
#define JOBS_MAX	20	/* failed ones of one run */
#define LOG_BYTES	MIB(4)	/* of one job: its end, where it failed */
#define ANNOTATIONS_MAX	50

/* The log of one job on its way to the sink. */
struct job {
	struct actions_run *g;
	const struct github_job *job;
	struct log_line base;
	int64_t n;		/* lines so far: their ids */
	int64_t errors;		/* among them, but for how the process ended */
	struct log_line ended;	/* that; message STR_NONE: it did not say */
};

static bool
is_failed(struct str conclusion)
{
	return str_is(conclusion, "failure") ||
	    str_is(conclusion, "timed_out") ||
	    str_is(conclusion, "startup_failure");
}

/* The step that failed, when it was one alone. */
static struct str
failed_step(const struct github_job *j)
{
	struct str name = STR_NONE;
	int n = 0;

	for (size_t i = 0; i < j->n_steps; i++)
		if (is_failed(j->steps[i].conclusion)) {
			name = j->steps[i].name;
			n++;
		}
	return n == 1 ? name : STR_NONE;
}

static int
take(void *to, struct log_line *l, struct err *e)
{
	struct job *j = to;

	l->id = arena_fmt(j->g->a, "job:%lld:%lld", (long long)j->job->id,
	    (long long)j->n++);
	if (l->level >= LINE_ERROR && j->base.step.len)
		l->step = j->base.step;
	/* Every failure ends so; it tells nothing where others told why. */
	if (str_starts(l->message, STR("Process completed with exit code"))) {
		j->ended = *l;
		j->ended.message = arena_str(j->g->a, l->message);
		j->ended.step = arena_str(j->g->a, l->step);
		j->ended.meta = STR_NONE;
		return 0;
	}
	j->errors += l->level >= LINE_ERROR;
	return line_sink_put(j->g->to, l, e);
}

static int
log_read(struct job *j, struct err *e)
{
	struct actions_run *g = j->g;
	struct github_call c = { .a = g->a, .repo = g->repo };
	struct github_log log = { .max = LOG_BYTES };
	struct intake_request q = { .format = STR("github-job"),
	    .base = &j->base, .redactor = g->r->o->redactor, .partial = true,
	    .arena = g->a };
	struct intake_result got = { 0 };

	if (github_job_log(g->gh, &c, j->job->id, &log, e) != 0) {
		if (c.status != 404 && c.status != 410)
			return -1;
		line_sink_note(g->to, "GitHub has no log of job %lld of "
		    "%.*s (any more): %s", (long long)j->job->id,
		    STR_ARG(g->repo), e->detail);
		*e = (struct err){ 0 };
		return 0;
	}
	if (log.cut)
		line_sink_note(g->to, "of the log of job %lld of %.*s the last "
		    "%zu bytes were read", (long long)j->job->id,
		    STR_ARG(g->repo), log.text.len);
	q.body = log.text;
	if (!q.body.len)
		return 0;
	if (intake_read(&q, take, j, &got, e) != 0)
		return -1;
	if (got.faults)
		line_sink_bad(g->to, "log", (size_t)j->job->id, got.faults);
	return 0;
}

static struct log_line
annotation_line(struct job *j, const struct github_annotation *t, size_t i)
{
	struct log_line l = j->base;
	struct arena *a = j->g->a;

	l.level = str_is(t->level, "failure") ? LINE_ERROR :
	    str_is(t->level, "warning") ? LINE_WARN : LINE_INFO;
	l.message = t->path.len && !str_is(t->path, ".github") ?
	    arena_fmt(a, "%.*s: %.*s", STR_ARG(t->path), STR_ARG(t->message)) :
	    t->message;
	if (t->raw_details.len)
		l.message = arena_fmt(a, "%.*s\n%.*s", STR_ARG(l.message),
		    STR_ARG(t->raw_details));
	l.id = arena_fmt(a, "annotation:%lld:%zu", (long long)j->job->id, i);
	return l;
}

static int
annotations_read(struct job *j, struct err *e)
{
	struct actions_run *g = j->g;
	struct github_call c = { .a = g->a, .repo = g->repo };
	struct github_annotations all;

	if (j->job->check_run < 0)
		return 0;
	if (github_annotations(g->gh, &c, j->job->check_run, &all, e) != 0) {
		if (c.status != 403 && c.status != 404)
			return -1;	/* but the token may not see them */
		*e = (struct err){ 0 };
		return 0;
	}
	for (size_t i = 0; i < all.n && i < ANNOTATIONS_MAX; i++) {
		struct log_line l = annotation_line(j, &all.rows[i], i);

		if (str_starts(l.message, STR("Process completed with")))
			continue;
		j->errors += l.level >= LINE_ERROR;
		if (line_sink_put(g->to, &l, e) != 0)
			return -1;
	}
	if (all.more || all.n > ANNOTATIONS_MAX)
		line_sink_note(g->to, "job %lld of %.*s has more annotations "
		    "than %d", (long long)j->job->id, STR_ARG(g->repo),
		    ANNOTATIONS_MAX);
	return 0;
}

/* Its log; where that does not say what went wrong, its annotations; and in
 * the end the bare fact. */
static int
job_read(struct actions_run *g, const struct github_job *job, struct err *e)
{
	struct job j = { .g = g, .job = job };
	struct log_line l;

	j.base = (struct log_line){ .kind = LINE_BUILD, .level = LINE_INFO,
	    .source = STR(SOURCE), .repo = g->repo,
	    .run_id = arena_fmt(g->a, "%lld", (long long)g->run->id),
	    .workflow = g->run->name, .job = job->name,
	    .step = str_some(failed_step(job)),
	    .ts = job->completed_at >= 0 ? job->completed_at :
	    g->run->updated_at };
	if (log_read(&j, e) != 0 ||
	    (j.errors == 0 && annotations_read(&j, e) != 0))
		return -1;
	if (j.errors)
		return 0;
	l = j.ended.message.p ? j.ended : j.base;
	l.level = LINE_ERROR;
	if (!j.ended.message.p) {
		l.message = arena_fmt(g->a, "the job ended as %.*s",
		    STR_ARG(job->conclusion));
		l.id = arena_fmt(g->a, "job:%lld", (long long)job->id);
	}
	return line_sink_put(g->to, &l, e);
}

/* A run that failed before it had a job. */
static int
bare_run(struct actions_run *g, struct err *e)
{
	struct log_line l = { .kind = LINE_BUILD, .level = LINE_ERROR,
	    .source = STR(SOURCE), .repo = g->repo,
	    .run_id = arena_fmt(g->a, "%lld", (long long)g->run->id),
	    .workflow = g->run->name, .ts = g->run->updated_at,
	    .message = arena_fmt(g->a, "the run ended as %.*s, and no job of "
	    "it failed", STR_ARG(g->run->conclusion)),
	    .id = arena_fmt(g->a, "run:%lld:%lld", (long long)g->run->id,
	    (long long)g->run->attempt) };

	return line_sink_put(g->to, &l, e);
}

int
actions_run_read(struct actions_run *g, struct err *e)
{
	struct github_call c = { .a = g->a, .repo = g->repo };
	struct github_jobs jobs;
	size_t failed = 0;

	if (github_jobs(g->gh, &c, g->run->id, &jobs, e) != 0)
		return -1;
	for (size_t i = 0; i < jobs.n; i++) {
		if (!is_failed(jobs.rows[i].conclusion) ||
		    failed++ >= JOBS_MAX)
			continue;
		if (job_read(g, &jobs.rows[i], e) != 0)
			return -1;
	}
	if (failed > JOBS_MAX || jobs.more)
		line_sink_note(g->to, "run %lld of %.*s has more failed jobs "
		    "than the %d that were read", (long long)g->run->id,
		    STR_ARG(g->repo), JOBS_MAX);
	return failed ? 0 : bare_run(g, e);
}
