/* Runs of real programs, with and without namespaces. */
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "edit_fixture.h"
#include "validate/validate.h"

/* One validator, as the operator has it. */
struct place {
	struct fixture f;
	struct str globs[1], command[8];
	struct validator v;
	struct policy policy;
	struct runner *runner;
	bool spaces, overlay;
	const char *const *hidden;	/* NULL: nothing */
};

static const char *
views_of(const struct place *p)
{
	return arena_fmt(p->f.a, "%s.views", p->f.root).p;
}

static void
leave(struct place *p)
{
	nftw(views_of(p), remove_one, 16, FTW_DEPTH | FTW_PHYS);
	fixture_free(&p->f);
}

static int
site(void *ctx, struct arena *a, struct str workspace, const char **root,
    struct policy *out, struct err *e)
{
	struct place *p = ctx;

	(void)a;
	if (!str_is(workspace, "default"))
		return err_set(e, ERR_NOT_FOUND, "no such workspace");
	*root = p->f.root;
	*out = p->policy;
	return 0;
}

/* sh -c SCRIPT sh [FILES] */
static void
script(struct place *p, const char *text, const char *files)
{
	p->globs[0] = STR("**");
	p->command[0] = STR("sh");
	p->command[1] = STR("-c");
	p->command[2] = str(text);
	p->command[3] = STR("sh");
	p->command[4] = str(files);
	p->v = (struct validator){ .name = STR("mine"), .globs = p->globs,
	    .n_globs = 1, .command = p->command, .n_command = files ? 5 : 4,
	    .timeout_ms = 20000, .memory_mb = 256, .processes = 20,
	    .output_bytes = -1 };
	p->policy = (struct policy){ .validators = &p->v, .n_validators = 1 };
}

/* The runner copies what it was forked from: one for each script. */
static struct verdict
ask(struct place *p, struct file_change *files, size_t n)
{
	struct runner_options o = { .site = site, .ctx = p, .hidden = p->hidden,
	    .views = views_of(p),
	    .no_namespaces = !p->spaces, .no_overlay = !p->overlay };
	struct plan plan = { .files = files, .n_files = n };
	struct validate_request q = { .policy = &p->policy,
	    .workspace = STR("default"), .plan = &plan, .advisory = true };
	struct validate_report r = { 0 };
	struct err e = { 0 };

	if (runner_start(&o, &q.runner, &e) != 0)
		bail_out("no runner");
	if (validate_run(&q, p->f.a, &r, &e) != 0) {
		printf("# %s\n", e.detail);
		bail_out("no verdict");
	}
	runner_stop(q.runner);
	if (r.n != 1)
		bail_out("not asked");
	return r.verdicts[0];
}

static struct file_change
change(const char *path, const char *before, const char *after)
{
	return (struct file_change){ .path = str(path),
	    .exists_before = before, .exists_after = after,
	    .before = str(before), .after = str(after), .mode = 0644 };
}

static void
shown(const struct verdict *v)
{
	printf("# status %d exit %lld reason %.*s isolation %.*s\n", v->status,
	    (long long)v->exit, STR_ARG(v->reason), STR_ARG(v->isolation));
	tap_show("output", v->output);
}

#define verdict_is(v, want, ...) \
	do { \
		if (!is_int((v).status, want, __VA_ARGS__)) \
			shown(&(v)); \
	} while (0)

static void
views(struct place *p)
{
	struct file_change f[] = { change("new", NULL, "fresh\n"),
	    change("old", "was\n", NULL), change("sub/deep/x", NULL, "x\n"),
	    change("text", "before\n", "after\n") };
	struct verdict v;

	fixture_put(&p->f, "old", STR("was\n"));
	fixture_put(&p->f, "text", STR("before\n"));
	fixture_put(&p->f, "other", STR("other\n"));
	fixture_put(&p->f, ".git/HEAD", STR("ref\n"));
	fixture_put(&p->f, ".patchwarden/x", STR("x\n"));
	script(p, "cat new sub/deep/x text other; ls -A; [ ! -e old ]", NULL);
	v = ask(p, f, 4);
	verdict_is(v, VERDICT_OK, "the view has the batch applied");
	is_str(v.output, "fresh\nx\nafter\nother\nnew\nother\nsub\ntext\n",
	    "the files of the batch are there, .git and .patchwarden are not");
	script(p, "cat text; [ \"$(cat text)\" = before ]", NULL);
	v = ask(p, f, 4);
	verdict_is(v, VERDICT_FAILED, "what only the batch breaks fails it");
	is_str(v.baseline, "ok", "as the unchanged tree is fine");
	script(p, "echo gone >other; rm -r sub; mkdir made; echo x >made/x; "
	    "echo tmp >$TMPDIR/x; cat $TMPDIR/x made/x", NULL);
	v = ask(p, f, 4);
	verdict_is(v, VERDICT_OK, "a validator may write into its view");
	ok(str_is(fixture_get(&p->f, "other"), "other\n") &&
	    !fixture_has(&p->f, "made") && !fixture_has(&p->f, "new"),
	    "and the tree does not change");
	script(p, "for f; do echo \"<$f>\"; done", "{}...");
	v = ask(p, f, 4);
	is_str(v.output, "<new>\n<sub/deep/x>\n<text>\n",
	    "{}... is all files that are left");
	script(p, "echo $#:$1", "{}");
	v = ask(p, f, 4);
	is_str(v.output, "1:new\n1:sub/deep/x\n1:text\n",
	    "{} is a run for each");
	script(p, "echo $PWD/text:1: x", NULL);
	v = ask(p, f, 4);
	is_str(v.output, "text:1: x\n", "where the tree stands is not told");
	script(p, "test $(stat -c %a text) = 644; echo $?", NULL);
	v = ask(p, f, 4);
	is_str(v.output, "0\n", "a changed file has its mode");
}

static void
baselines(struct place *p)
{
	struct file_change f[] = { change("text", "b\n", "b\n\n") };
	struct verdict v;

	fixture_put(&p->f, "text", STR("b\n"));
	script(p, "echo \"text:$(wc -l <text): always\"; exit 3", NULL);
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_OK, "what was wrong before does not fail");
	is_str(v.baseline, "failed before too", "and it is said");
	is_int(v.exit, 3, "with the exit status");
	script(p, "echo text:1: always; [ $(wc -l <text) = 1 ] || "
	    "echo text:2: new; exit 1", NULL);
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_FAILED, "what is new does");
	ok(v.n_diagnostics == 1 && str_is(v.diagnostics[0], "text:2: new"),
	    "and only that is told");
	script(p, "exit 1", NULL);
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_OK, "silence twice cannot be compared");
	f[0].exists_before = false;
	script(p, "echo $1:1: bad; exit 1", "{}");
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_FAILED, "a new file has no past to hide behind");
}

static void
limits(struct place *p)
{
	struct file_change f[] = { change("text", "b\n", "c\n") };
	struct verdict v;

	script(p, "while :; do :; done", NULL);
	p->v.timeout_ms = 400;
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_TIMEOUT, "a loop is stopped");
	script(p, "sleep 1000 & sleep 1000", NULL);
	p->v.timeout_ms = 400;
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_TIMEOUT, "so is one that only waits");
	script(p, "setsid sleep 1000 >/dev/null 2>&1 & exit 0", NULL);
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_OK, "what is left behind is not waited for");
	/* one that ends by itself, should nothing stop it; it is ended, or the
	 * kernel gives it no more processes */
	script(p, "f() { [ $1 -gt 8 ] && sleep 4 || { f $(($1 + 1)) & "
	    "f $(($1 + 1)) & wait; }; }; f 0", NULL);
	v = ask(p, f, 1);
	if (!ok(str_starts(v.reason, STR("stopped: it had more than 20")) ||
	    str_find(v.output, STR("fork")) < v.output.len,
	    "a bomb of processes is stopped"))
		shown(&v);
	script(p, "for i in $(seq 40); do sleep 30 & done; wait", NULL);
	v = ask(p, f, 1);
	ok(!v.ok, "more processes than allowed are stopped");
	script(p, "head -c 1000000000 /dev/zero | tail", NULL);
	p->v.memory_mb = 64;
	v = ask(p, f, 1);
	ok(v.status != VERDICT_TIMEOUT && v.status != VERDICT_ERROR &&
	    (v.status == VERDICT_FAILED || str_find(v.output,
	    STR("memory")) < v.output.len), "memory is limited");
	script(p, "for i in 1 2 3 4; do head -c 40000000 /dev/zero | "
	    "tail -c 39999999 | sleep 15 & done; wait", NULL);
	p->v.memory_mb = 100;
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_FAILED, "of all its processes together");
	ok(str_find(v.reason, STR("100 MB")) < v.reason.len, "and it says so");
	script(p, "head -c 10000000 /dev/zero | tr '\\0' x", NULL);
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_OK, "10 MB of output are read");
	ok(v.output.len < KIB(65) && str_ends(v.output,
	    STR(" more bytes cut]\n")), "and cut");
	script(p, "kill -9 $$", NULL);
	v = ask(p, f, 1);
	is_int(v.exit, 128 + SIGKILL, "a signal shows in the exit status");
	script(p, "", NULL);
	p->command[0] = STR("no-such-program");
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_ERROR, "a required program that is missing");
	ok(str_find(v.reason, STR("not installed")) < v.reason.len, "is named");
	p->v.rule = VALIDATOR_ADVISORY;
	v = ask(p, f, 1);
	verdict_is(v, VERDICT_SKIPPED, "an advisory one is skipped");
}

static void
surroundings(struct place *p)
{
	static const struct { const char *name, *script; } rows[] = {
		{ "the environment is small", "[ \"$(env | cut -d= -f1 | sort | tr '\\n' ' ')\" = 'HOME LANG NO_COLOR PATH PWD TMPDIR ' ] || { env; false; }" },
		{ "standard input is empty", "[ -z \"$(cat)\" ]" },
		{ "nothing else is open", "[ \"$(ls /proc/self/fd | tr '\\n' ' ')\" = '0 1 2 3 ' ] || { ls -l /proc/self/fd; false; }" },
		{ "there are no core files", "[ $(ulimit -c) = 0 ]" },
		{ "files of the system cannot be written", "! (echo x >/etc/patchwarden-test) 2>/dev/null" },
		{ "nothing can be mounted", "! mount -t tmpfs x /mnt 2>/dev/null" },
		{ "there is no way into more rights", "! unshare -Ur true 2>/dev/null" },
		{ "no socket can be made", "! python3 -c 'import socket; socket.socket()' 2>/dev/null" },
		{ "nor by name", "! python3 -c 'import socket; socket.socket(socket.AF_UNIX)' 2>/dev/null" },
		{ "it has no capabilities", "grep -q 'CapEff:.*0000000000000000' /proc/self/status" },
		{ "new files are its own", "umask | grep -q 077" },
	};
	struct file_change f[] = { change("text", "b\n", "c\n") };

	setenv("SECRET", "x", 1);
	for (size_t i = 0; i < countof(rows); i++) {
		struct verdict v;

		if (strcmp(rows[i].name, "nothing else is open") == 0 &&
		    !p->spaces)
			continue;
		/* silence twice would pass: it has to speak */
		script(p, arena_fmt(p->f.a, "%s || { [ $(cat text) = b ] || "
		    "{ echo fault; exit 1; }; }", rows[i].script).p, NULL);
		v = ask(p, f, 1);
		verdict_is(v, VERDICT_OK, "%s", rows[i].name);
	}
}

static void
runs(bool spaces, bool overlay)
{
	struct place p = { .f = fixture_new(), .spaces = spaces,
	    .overlay = overlay };
	struct file_change f[] = { change("text", NULL, "c\n") };
	struct verdict v;

	script(&p, "exit 0", NULL);
	v = ask(&p, f, 1);
	if (spaces && !str_is(v.isolation, "namespaces")) {
		ok(str_starts(v.isolation, STR("none: ")),
		    "without namespaces it says so");
		printf("# %.*s\n", STR_ARG(v.isolation));
	} else {
		ok(spaces || str_starts(v.isolation, STR("none: ")),
		    "%s namespaces", spaces ? "with" : "without");
	}
	views(&p);
	leave(&p);
	p.f = fixture_new();
	baselines(&p);
	limits(&p);
	surroundings(&p);
	leave(&p);
}

/* A runner that was killed is an error, and stays one. */
static void
dead_runner(void)
{
	struct place p = { .f = fixture_new(), .spaces = true };
	struct runner_options o = { .site = site, .ctx = &p,
	    .views = views_of(&p) };
	struct job job = { .workspace = STR("default"), .name = STR("mine"),
	    .timeout_ms = 20000 };
	struct job_result r;
	struct runner *runner;
	struct err e = { 0 };
	struct job_file wait = { STR("wait"), STR(""), true, 0600 };
	pid_t child, killer;
	FILE *children;
	long pid = 0;

	script(&p, "[ ! -e wait ] || sleep 20", NULL);
	if (runner_start(&o, &runner, &e) != 0)
		bail_out("no runner");
	ok(runner_run(runner, p.f.a, &job, &r, &e) == 0 && r.end == JOB_EXITED,
	    "a runner answers");
	job.workspace = STR("other");
	ok(runner_run(runner, p.f.a, &job, &r, &e) == 0 && r.end == JOB_ERROR,
	    "a workspace it does not know is refused");
	job.workspace = STR("default");
	job.name = STR("another");
	ok(runner_run(runner, p.f.a, &job, &r, &e) == 0 && r.end == JOB_ERROR,
	    "so is a validator of another name");
	children = fopen(arena_fmt(p.f.a, "/proc/self/task/%d/children",
	    (int)getpid()).p, "r");
	if (children) {
		char line[64] = "";

		if (fgets(line, sizeof(line), children))
			pid = strtol(line, NULL, 10);
		fclose(children);
	}
	child = (pid_t)pid;
	if (child <= 0)
		bail_out("no child");
	job.name = STR("mine");
	job.files = &wait;
	job.n_files = 1;
	killer = fork();
	if (killer == 0) {
		poll(NULL, 0, 200);	/* most likely it is waited for then */
		kill(child, SIGKILL);
		_exit(0);
	}
	ok(runner_run(runner, p.f.a, &job, &r, &e) == -1 &&
	    e.kind == ERR_NOT_READY && runner_dead(runner),
	    "a killed runner is an error");
	waitpid(killer, NULL, 0);
	ok(str_find(str(e.detail), STR("temporarily")) == strlen(e.detail),
	    "and nothing temporary");
	ok(runner_run(runner, p.f.a, &job, &r, &e) == -1 &&
	    e.kind == ERR_NOT_READY, "and stays one");
	runner_stop(runner);
	ok(waitpid(child, NULL, WNOHANG) < 0, "nothing is left of it");
	leave(&p);
}

/* What the program keeps is out of sight, with namespaces and without. */
static void
hiding(bool spaces)
{
	struct place p = { .f = fixture_new(), .spaces = spaces };
	struct file_change f[] = { change("text", NULL, "c\n") };
	const char *secret = views_of(&p);	/* the copies are in there */
	const char *link = arena_fmt(p.f.a, "%s.link", p.f.root).p;
	const char *hidden[] = { secret, NULL };
	struct verdict v;
	FILE *out;

	mkdir(secret, 0700);
	if (symlink(secret, link) != 0)
		bail_out("no link");
	out = fopen(arena_fmt(p.f.a, "%s/db", secret).p, "w");
	if (!out)
		bail_out("no secret");
	fputs("secret\n", out);
	fclose(out);
	p.hidden = hidden;
	script(&p, arena_fmt(p.f.a, "cat %s/db %s/db 2>/dev/null; "
	    "ls %s 2>/dev/null; cat text; cat /etc/passwd >/dev/null && "
	    "echo y >other && cat other", secret, link, secret).p, NULL);
	v = ask(&p, f, 1);
	if (!is_str(v.output, "c\ny\n", "%s namespaces a hidden folder "
	    "cannot be read", spaces ? "with" : "without"))
		shown(&v);
	unlink(link);
	leave(&p);
}

/* Copies that a killed runner left are removed by the next; those in use are
 * not. */
static void
sweeping(void)
{
	struct place p = { .f = fixture_new() };
	struct file_change f[] = { change("text", NULL, "c\n") };
	struct fixture views = { .a = arena_new() };
	int held;

	views.root = arena_cstr(p.f.a, str(views_of(&p)));
	mkdir(views.root, 0700);
	views.fd = open(views.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fixture_put(&views, "abandoned/tree/sub/x", STR("x"));
	fixture_put(&views, "held/tree/x", STR("x"));
	fchmodat(views.fd, "abandoned/tree/sub", 0, 0);
	held = openat(views.fd, "held", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (flock(held, LOCK_EX | LOCK_NB) != 0)
		bail_out("no lock");
	script(&p, "exit 0", NULL);
	ask(&p, f, 1);
	ok(!fixture_has(&views, "abandoned"), "what was left behind is removed");
	ok(fixture_has(&views, "held/tree/x"), "what is in use stays");
	close(held);
	ask(&p, f, 1);
	ok(!fixture_has(&views, "held"), "until it is not");
	fixture_free(&views);
	leave(&p);
}

int
main(void)
{
	dead_runner();
	sweeping();
	hiding(true);
	hiding(false);
	printf("# namespaces and an overlay\n");
	runs(true, true);
	printf("# namespaces and a copy\n");
	runs(true, false);
	printf("# a copy\n");
	runs(false, false);
	return done_testing();
}
