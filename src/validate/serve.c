#include "validate/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "validate/diagnostics.h"

/* The runner. */
struct server {
	int fd;
	const struct runner_options *o;
	struct abilities lacks;
};

/* How one try went. */
enum attempt { ATTEMPT_DONE, ATTEMPT_AGAIN };

static void
refuse(struct job_result *out, struct str why)
{
	out->end = JOB_ERROR;
	out->reason = why;
}

/* What the operator wants to be run; whoever asks only knows its place and its
 * name. */
static int
find_validator(const struct server *s, struct run *r, struct arena *a,
    struct err *e)
{
	const struct job *job = r->job;
	char real[PATH_MAX];
	struct policy policy;
	const struct validator *v;

	if (s->o->site(s->o->ctx, a, job->workspace, &r->root, &policy, e) != 0)
		return -1;
	/* what is masked in a view would cut a link that leads through it */
	if (realpath(r->root, real))
		r->root = arena_str(a, str(real)).p;
	v = (size_t)job->validator < policy.n_validators ?
	    &policy.validators[job->validator] : NULL;
	if (!v || !str_eq(v->name, job->name))
		return err_set(e, ERR_CONFIG, "the policy has just changed");
	if (validator_fill(a, v, &r->how, e) != 0)
		return -1;
	if (r->how.built_in)
		return err_set(e, ERR_INTERNAL, "%.*s is no program",
		    STR_ARG(v->name));
	return 0;
}

/* A name that starts with a dash is no option, and one that starts with an @ no
 * file of more words, as compilers take it. */
static char *
file_word(struct arena *a, struct str path)
{
	bool odd = path.p[0] == '-' || path.p[0] == '@';

	return arena_cstr(a, odd ? arena_fmt(a, "./%.*s", STR_ARG(path)) :
	    path);
}

static char **
words(struct arena *a, const struct validator *v, const struct job *job)
{
	char **argv = (char **)arena_array(a, v->n_command + job->n_args *
	    (v->n_command + 1) + 1, sizeof(*argv));
	size_t n = 0;

	for (size_t i = 0; i < v->n_command; i++) {
		if (str_is(v->command[i], "{}...") ||
		    str_is(v->command[i], "{}")) {
			for (size_t k = 0; k < job->n_args; k++)
				argv[n++] = file_word(a, job->args[k]);
			continue;
		}
		argv[n++] = arena_cstr(a, v->command[i]);
	}
	return argv;
}

/* What the child could not do, as a result; or try otherwise. */
static enum attempt
judge(struct server *s, const struct run *r, const struct jail_report *why,
    struct arena *a, struct job_result *out)
{
	const char *text = strerror(why->error);

	switch (why->step) {
	case JAIL_NAMESPACES:
		snprintf(s->lacks.no_namespaces, sizeof(s->lacks.no_namespaces),
		    "the kernel refuses namespaces (%s)", text);
		return ATTEMPT_AGAIN;
	case JAIL_VIEW:
	case JAIL_FILES:
		if (r->view)
			break;
		snprintf(s->lacks.no_overlay, sizeof(s->lacks.no_overlay),
		    "%s", text);
		return ATTEMPT_AGAIN;
	case JAIL_LIMITS:
		break;
	case JAIL_EXEC:
		out->end = why->error == ENOENT ? JOB_NO_PROGRAM : JOB_ERROR;
		out->reason = why->error == ENOENT ?
		    arena_fmt(a, "%s is not installed", r->argv[0]) :
		    arena_fmt(a, "%s cannot be started: %s", r->argv[0], text);
		return ATTEMPT_DONE;
	}
	refuse(out, arena_fmt(a, "the changed tree cannot be shown to it: %s", text));
	return ATTEMPT_DONE;
}

static enum attempt
start_and_watch(struct server *s, struct run *r, struct arena *a,
    struct job_result *out)
{
	struct jail_report why = { JAIL_NAMESPACES, EIO };
	struct watched w;
	int output[2], status[2];
	pid_t pid;

	if (pipe2(output, O_CLOEXEC) != 0 || pipe2(status, O_CLOEXEC) != 0 ||
	    fcntl(output[0], F_SETFL, O_NONBLOCK) != 0) {
		refuse(out, arena_fmt(a, "no pipe for its output: %s", strerror(errno)));
		return ATTEMPT_DONE;
	}
	pid = jail_start(r, output[1], status[1]);
	why.error = errno;
	close(output[1]);
	close(status[1]);
	if (pid > 0) {
		watch(pid, output[0], s->fd, r, &w);
		out->end = w.end;
		out->exit = w.exit;
		out->output_bytes = w.output_bytes;
		out->output = arena_str(a, buf_str(&w.output));
		out->reason = arena_str(a, str(w.reason));
		buf_free(&w.output);
	}
	/* a report, or nothing once it was started */
	if (pid < 0 || read(status[0], &why, sizeof(why)) == sizeof(why)) {
		close(output[0]);
		close(status[0]);
		return judge(s, r, &why, a, out);
	}
	close(output[0]);
	close(status[0]);
	return ATTEMPT_DONE;
}

static void
hide_folder(struct job_result *out, struct arena *a, const char *folder)
{
	size_t len = out->output.len;

	out->output = output_without(a, out->output, folder);
	out->output_bytes -= (int64_t)(len - out->output.len);
}

/* The tree as an overlay in namespaces; else as a copy in them; else as a copy
 * and nothing else. */
static enum attempt
attempt(struct server *s, struct run *r, struct arena *a,
    struct job_result *out)
{
	struct copy copy;
	enum attempt how;

	r->spaces = !s->lacks.no_namespaces[0];
	out->isolation = r->spaces ? STR("namespaces") :
	    arena_fmt(a, "none: %s; no sockets, limits and a copy of the tree "
	    "only", s->lacks.no_namespaces);
	r->view = r->scratch = NULL;
	if (r->spaces && !s->lacks.no_overlay[0])
		return start_and_watch(s, r, a, out);
	if (copy_begin(s->o->views, r->root, r->job, &copy) != 0) {
		refuse(out, arena_fmt(a, "the tree cannot be copied for it: %s",
		    strerror(errno)));
		return ATTEMPT_DONE;
	}
	r->view = copy.tree;
	r->scratch = copy.scratch;
	how = start_and_watch(s, r, a, out);
	copy_end(&copy);
	if (how == ATTEMPT_DONE)
		hide_folder(out, a, copy.tree);
	return how;
}

static void
run_job(struct server *s, const struct job *job, struct arena *a,
    struct job_result *out)
{
	struct run r = { .job = job, .options = s->o };
	struct err e = { 0 };

	*out = (struct job_result){ .reason = STR(""), .output = STR(""),
	    .isolation = STR("") };
	if (find_validator(s, &r, a, &e) != 0) {
		refuse(out, arena_str(a, str(e.detail)));
		return;
	}
	r.argv = words(a, &r.how.v, job);
	for (int i = 0; i < 3; i++)
		if (attempt(s, &r, a, out) == ATTEMPT_DONE) {
			/* names are those of the workspace, as in a batch */
			hide_folder(out, a, r.root);
			return;
		}
	refuse(out, STR("it cannot be run here at all"));
}

int
serve_jobs(int fd, const struct runner_options *o)
{
	struct server s = { .fd = fd, .o = o };
	struct arena *a = arena_new();
	struct str message;
	int rc = 0;

	/* whoever leaves a validator's session is handed to us, to be ended */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	umask(077);
	if (o->no_namespaces)
		snprintf(s.lacks.no_namespaces, sizeof(s.lacks.no_namespaces),
		    "switched off");
	if (o->no_overlay)
		snprintf(s.lacks.no_overlay, sizeof(s.lacks.no_overlay),
		    "switched off");
	copy_sweep(o->views);
	while (rc == 0 && wire_receive(fd, a, JOB_MESSAGE_BYTES, -1,
	    &message) == 1) {
		struct buf answer = BUF_INIT(RESULT_MESSAGE_BYTES);
		struct job_result result;
		struct job job;

		if (!job_read(message, a, &job)) {
			rc = 1;
			break;
		}
		run_job(&s, &job, a, &result);
		job_result_write(&result, &answer);
		if (wire_send(fd, buf_str(&answer), -1) != 0)
			rc = 1;
		buf_free(&answer);
		arena_reset(a);
	}
	arena_free(a);
	return rc;
}
