#include "validate/validate.h"

#include "base/clock.h"
#include "json/json_check.h"
#include "validate/diagnostics.h"
#include "validate/presets.h"

/* What one or several runs about one state of the tree came to. */
struct runs {
	int end;			/* enum job_end, of the first that says no */
	int64_t exit;
	struct buf output;
	int64_t missing;		/* bytes of it that were not kept */
	struct str reason;
};

/* One validator at work. */
struct check {
	const struct validate_request *q;
	struct arena *a;
	struct validator_plan how;
	int64_t index;			/* in the policy */
	const struct file_change **files;	/* that it is asked about */
	size_t n_files;
	struct job_file *changes;	/* all of the batch */
	size_t n_changes;
	struct runs after, before;
	bool compared;			/* before has something to say */
	int64_t spent_ms;		/* of its time, on the changed tree */
	struct verdict *v;
};

static void
no_runs(struct runs *r)
{
	*r = (struct runs){ .end = JOB_EXITED,
	    .output = BUF_INIT(4 * VALIDATOR_CAPTURE_BYTES) };
}

static void
find_files(struct check *c)
{
	const struct plan *p = c->q->plan;
	bool each = validator_files(&c->how.v) != FILES_NONE ||
	    c->how.built_in;

	c->files = (const struct file_change **)arena_array(c->a,
	    p->n_files + 1, sizeof(*c->files));
	for (size_t i = 0; i < p->n_files; i++)
		for (size_t g = 0; g < c->how.v.n_globs; g++)
			if (str_glob(c->how.v.globs[g], p->files[i].path) &&
			    (p->files[i].exists_after || !each)) {
				c->files[c->n_files++] = &p->files[i];
				break;
			}
}

static void
add_run(struct runs *to, const struct job_result *r)
{
	size_t room = to->output.max - to->output.len;
	size_t n = r->output.len < room ? r->output.len : room;

	buf_add(&to->output, str_n(r->output.p, n));
	to->missing += r->output_bytes - (int64_t)n;
	if (to->end != JOB_EXITED)
		return;
	to->end = r->end;
	if (r->end != JOB_EXITED)
		to->reason = r->reason;
	else if (to->exit == 0)
		to->exit = r->exit;
}

/* Ask about one state of the tree; `left_ms` of its time is left.  1 when it
 * is content, 0 when not. */
static int
run_once(struct check *c, bool changed, struct str *args, size_t n,
    int64_t left_ms, struct err *e)
{
	struct job job = {
		.workspace = c->q->workspace, .validator = c->index,
		.name = c->how.v.name, .args = args, .n_args = n,
		.files = c->changes, .n_files = changed ? c->n_changes : 0,
		.timeout_ms = left_ms > 0 ? left_ms : 1,
	};
	struct job_result r;

	if (!c->q->runner)
		return err_set(e, ERR_NOT_READY, "no validator can be started "
		    "here; see the log of the server");
	if (runner_run(c->q->runner, c->a, &job, &r, e) != 0)
		return -1;
	c->v->isolation = r.isolation.len ? r.isolation : STR_NONE;
	add_run(changed ? &c->after : &c->before, &r);
	return r.end == JOB_EXITED && r.exit == 0;
}

/* One group of files (none: the whole batch), compared when there is a need
 * to. */
static int
run_group(struct check *c, const struct file_change **files, size_t n,
    struct err *e)
{
	struct str *args = arena_array_of(c->a, struct str, n + 1);
	int64_t begun = clock_mono_ms();
	size_t old = 0;
	int rc;

	for (size_t i = 0; i < n; i++)
		args[i] = files[i]->path;
	rc = run_once(c, true, args, n, c->how.v.timeout_ms - c->spent_ms, e);
	c->spent_ms += clock_mono_ms() - begun;
	if (rc != 0 || c->after.end != JOB_EXITED)
		return rc < 0 ? -1 : 0;
	for (size_t i = 0; i < n; i++)
		if (files[i]->exists_before)
			args[old++] = files[i]->path;
	if (n && !old)
		return 0;		/* nothing of it was there before */
	c->compared = true;
	return run_once(c, false, args, old, c->how.v.timeout_ms, e) < 0 ?
	    -1 : 0;
}

static int
run_groups(struct check *c, struct err *e)
{
	enum validator_files how = validator_files(&c->how.v);
	size_t i = 0, n;

	if (how == FILES_NONE)
		return run_group(c, NULL, 0, e);
	while (i < c->n_files && c->after.end == JOB_EXITED) {
		size_t bytes = c->files[i]->path.len;

		for (n = 1; how == FILES_ALL && i + n < c->n_files; n++) {
			bytes += c->files[i + n]->path.len + sizeof(char *);
			if (bytes > VALIDATOR_ARGS_BYTES)
				break;
		}
		if (run_group(c, c->files + i, n, e) != 0)
			return -1;
		i += n;
	}
	return 0;
}

/* Strict JSON, by the reader that requests go through. */
static void
check_json(struct check *c, struct str path, struct str text, struct runs *to)
{
	struct err e = { 0 };
	struct str at, line;

	if (json_check(text, c->a, &e) == 0)
		return;
	/* "line 3 column 5" */
	at = str(e.at);
	str_cut(&at, ' ');
	line = str_cut(&at, ' ');
	str_cut(&at, ' ');
	buf_addf(&to->output, "%.*s:%.*s:%.*s: %s\n", STR_ARG(path),
	    STR_ARG(line), STR_ARG(at), e.detail);
	to->exit = 1;
}

static void
run_json(struct check *c)
{
	for (size_t i = 0; i < c->n_files; i++) {
		const struct file_change *f = c->files[i];

		check_json(c, f->path, f->after, &c->after);
		if (f->exists_before) {
			c->compared = true;
			check_json(c, f->path, f->before, &c->before);
		}
	}
}

static struct str
cut(struct str s, size_t max)
{
	if (s.len <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return str_n(s.p, max);
}

static bool
failed_before(const struct check *c)
{
	return c->compared && c->before.end == JOB_EXITED &&
	    c->before.exit != 0;
}

/* It said no before, and as much as it says now can be compared: one that
 * crashes, or whose output is cut, may have had more to say. */
static bool
same_failure(const struct check *c)
{
	return failed_before(c) &&
	    (c->after.exit < 128 || c->after.exit == c->before.exit) &&
	    c->after.missing <= c->before.missing;
}

/* It says no: is there anything it did not say before? */
static void
compare(struct check *c, struct str output)
{
	struct str old = output_clean(c->a, buf_str(&c->before.output));
	struct diagnostics after = diagnostics_find(c->a, output);
	struct diagnostics before = diagnostics_find(c->a, old);
	struct diagnostics fresh = diagnostics_new(c->a, &after, &before);
	struct verdict *v = c->v;

	if (c->compared)
		v->baseline = failed_before(c) ? STR("failed before too") :
		    c->before.end == JOB_EXITED ? STR("ok") :
		    STR("could not be told");
	if (fresh.n == 0 && same_failure(c)) {
		v->status = VERDICT_OK;
		return;
	}
	v->status = VERDICT_FAILED;
	v->n_diagnostics = fresh.n < DIAGNOSTICS_MAX ? fresh.n :
	    DIAGNOSTICS_MAX;
	v->diagnostics = arena_array_of(c->a, struct str, fresh.n + 1);
	for (size_t i = 0; i < v->n_diagnostics; i++)
		v->diagnostics[i] = cut(fresh.list[i].text,
		    DIAGNOSTIC_MAX_BYTES);
	if (fresh.n == 0)
		v->reason = c->after.missing > c->before.missing ?
		    STR("it says too much to be compared") :
		    STR("it failed without a line that tells why");
}

static void
judge(struct check *c)
{
	struct verdict *v = c->v;
	struct str output = output_clean(c->a, buf_str(&c->after.output));
	bool required = c->how.v.rule == VALIDATOR_REQUIRED;

	v->exit = c->after.end == JOB_EXITED ? c->after.exit : -1;
	v->reason = c->after.reason.len ? c->after.reason : STR_NONE;
	switch ((enum job_end)c->after.end) {
	case JOB_EXITED:
		if (c->after.exit == 0)
			v->status = VERDICT_OK;
		else
			compare(c, output);
		break;
	case JOB_TIMEOUT: v->status = VERDICT_TIMEOUT; break;
	case JOB_LIMIT: v->status = VERDICT_FAILED; break;
	case JOB_NO_PROGRAM:
		v->status = required ? VERDICT_ERROR : VERDICT_SKIPPED;
		break;
	case JOB_ERROR:
	case JOB__MAX: v->status = VERDICT_ERROR; break;
	}
	v->ok = v->status == VERDICT_OK || v->status == VERDICT_SKIPPED;
	output = output_cut(c->a, output, (size_t)c->how.v.output_bytes,
	    c->after.missing);
	v->output = output.len ? output : STR_NONE;
}

/* 1 with *v, 0 when the batch is none of its business. */
static int
ask(struct check *c, struct err *e)
{
	struct verdict *v = c->v;
	int64_t begun = clock_mono_ms();
	int rc = 0;

	if (validator_fill(c->a, &c->q->policy->validators[c->index], &c->how,
	    e) != 0)
		return -1;
	find_files(c);
	if (c->n_files == 0 ||
	    (c->how.v.rule == VALIDATOR_ADVISORY && !c->q->advisory))
		return 0;
	contract_defaults(&verdict_contract, v);
	v->name = c->how.v.name;
	v->rule = c->how.v.rule;
	v->files = arena_array_of(c->a, struct str, c->n_files);
	for (; v->n_files < c->n_files; v->n_files++)
		v->files[v->n_files] = c->files[v->n_files]->path;
	no_runs(&c->after);
	no_runs(&c->before);
	if (c->how.built_in)
		run_json(c);
	else
		rc = run_groups(c, e);
	if (rc == 0)
		judge(c);
	v->duration_ms = clock_mono_ms() - begun;
	buf_free(&c->after.output);
	buf_free(&c->before.output);
	return rc == 0 ? 1 : -1;
}

int
validate_run(const struct validate_request *q, struct arena *a,
    struct validate_report *out, struct err *e)
{
	const struct plan *p = q->plan;
	struct job_file *changes = arena_array_of(a, struct job_file,
	    p->n_files + 1);

	*out = (struct validate_report){ arena_array_of(a, struct verdict,
	    q->policy->n_validators + 1), 0 };
	for (size_t i = 0; i < p->n_files; i++) {
		const struct file_change *f = &p->files[i];

		changes[i] = (struct job_file){ f->path,
		    f->exists_after ? f->after : STR(""), f->exists_after,
		    f->mode & 0777 };
	}
	for (size_t i = 0; i < q->policy->n_validators; i++) {
		struct check c = { .q = q, .a = a, .index = (int64_t)i,
		    .changes = changes, .n_changes = p->n_files,
		    .v = &out->verdicts[out->n] };
		int rc = ask(&c, e);

		if (rc < 0)
			return -1;
		if (rc == 0)
			continue;
		out->n++;
		if (q->on_verdict)
			q->on_verdict(q->to, c.v);
	}
	return 0;
}

const struct verdict *
validate_refusal(const struct validate_report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->verdicts[i].rule == VALIDATOR_REQUIRED &&
		    !r->verdicts[i].ok)
			return &r->verdicts[i];
	return NULL;
}
