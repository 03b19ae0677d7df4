/* Runs tests/cases/<operation>.case: batches as JSON with the files before and
 * after, or the refusals.  CONTRIBUTING.md tells the form.
 *
 * Of every case is also checked: no file exists afterwards but those it names,
 * a refused batch changes nothing, and the diffs of an applied one make the
 * same tree with patch(1). */
#include <fts.h>
#include <glob.h>
#include <spawn.h>
#include <sys/wait.h>

#include "case_text.h"
#include "text/differ.h"
#include "edit/ops.h"
#include "edit_fixture.h"

#define CASE_MAX_BYTES MIB(1)
#define REFUSED_MAX 16

extern char **environ;

struct a_case {
	struct fixture f;
	struct names before, olds, texts, want;
	struct patch_batch batch;
	struct plan plan;
	bool ran, planned, held;
	struct err why;			/* nothing could be planned */
	struct str refused[REFUSED_MAX];
	size_t n_refused;
};

/* Something is not as it should be: a comment, and the case fails. */
static void __attribute__((format(printf, 2, 3)))
complain(struct a_case *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	c->held = false;
}

static void
compare(struct a_case *c, const char *what, struct str got, struct str want)
{
	if (got.p && str_eq(got, want))
		return;
	complain(c, "%s", what);
	tap_show(" got", got);
	tap_show("want", want);
}

static struct lines *
lines_new(struct arena *a, struct str text)
{
	struct lines *l = arena_new_of(a, struct lines);

	lines_of(a, text, l);
	return l;
}

/* The older versions of a file, and after the last of them what it is now: each
 * step is the patch "other". */
static int
since(void *ctx, struct arena *a, struct str path, struct sha256 base,
    struct sha256 current, struct history *out, struct str *why, struct err *e)
{
	struct a_case *c = ctx;
	struct named *now = names_find(&c->before, path);
	struct str last = STR_NONE;

	(void)current;
	(void)e;
	*out = (struct history){
		.steps = arena_array_of(a, struct script, NAMED_MAX),
		.patch_ids = arena_array_of(a, struct str, NAMED_MAX),
	};
	for (size_t i = 0; i <= c->olds.len; i++) {
		struct named *n = i < c->olds.len ? &c->olds.n[i] : now;

		if (!str_eq(n->name, path))
			continue;
		if (last.p) {
			out->patch_ids[out->n] = STR("other");
			out->steps[out->n++] = differ(a, lines_new(a, last),
			    lines_new(a, n->bytes));
		}
		if (last.p || sha256_eq(sha256_of(n->bytes), base))
			last = n->bytes;
	}
	*why = out->n ? STR_NONE : STR("nothing of it is recorded");
	return out->n != 0;
}

/* Decode, plan, and carry out what is not refused. */
static void
carry_out(struct a_case *c, struct str json)
{
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct plan_versions versions = { c, since, NULL };
	struct words words = { &c->before, &c->olds, &c->texts };
	struct fixture *f = &c->f;
	struct plan *plan = &c->plan;
	struct journal_file *rows;
	struct err e;

	c->ran = true;
	json = expand(f->a, json, &words);
	if (contract_decode_text(&patch_batch_contract, json, f->a, &c->batch,
	    &c->why) != 0 || plan_make(f->a, f->ws, &c->batch, &limits,
	    &versions, plan, &c->why) != 0 || plan_finish(plan, &c->why) != 0)
		return;
	c->planned = true;
	if (workspace_stage(f->ws, f->a, STR("case"), plan->files,
	    plan->n_files, &rows, &e) != 0 || workspace_publish(f->ws, f->a,
	    rows, plan->n_files, &e) != 0)
		complain(c, "cannot be carried out: %s", e.detail);
	else
		workspace_clean(f->ws, rows, plan->n_files);
}

/* Is what is below root the files that are wanted, and nothing else?  Their
 * modes are those of the first tree that is looked at. */
static void
check_tree(struct a_case *c, const char *what, struct fixture *f, bool modes)
{
	char *roots[] = { f->root, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	for (FTSENT *at; (at = fts_read(walk));) {
		const char *path = at->fts_path + strlen(f->root);
		struct named *n = *path ? names_find(&c->want, str(path + 1)) :
		    NULL;

		if (at->fts_info == FTS_D && strcmp(path, "/.patchwarden") == 0)
			fts_set(walk, at, FTS_SKIP);
		if (at->fts_info != FTS_F)
			continue;
		if (!n || !n->exists) {
			complain(c, "%s: there is %s", what, path + 1);
			continue;
		}
		compare(c, arena_fmt(c->f.a, "%s: %s is", what, path + 1).p,
		    fixture_get(f, path + 1), n->bytes);
		if (modes && ((at->fts_statp->st_mode ^ n->mode) & 0100))
			complain(c, "%s: %s has mode %o", what, path + 1,
			    at->fts_statp->st_mode & 0777);
		n->mode = at->fts_statp->st_mode & 0777;
		n->seen = true;
	}
	fts_close(walk);
	for (size_t i = 0; i < c->want.len; i++) {
		if (c->want.n[i].exists && !c->want.n[i].seen)
			complain(c, "%s: there is no %.*s", what,
			    STR_ARG(c->want.n[i].name));
		c->want.n[i].seen = false;
	}
}

static bool
run_patch(struct fixture *copy, struct str diff)
{
	const char *file = arena_fmt(copy->a, "%s/.patchwarden/diff",
	    copy->root).p;
	const char *const args[] = { "patch", "-p1", "-s", "-f", "-F0",
	    "--no-backup-if-mismatch", "-d", copy->root, "-i", file, NULL };
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t pid;

	fixture_put(copy, ".patchwarden/diff", diff);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null",
	    O_WRONLY, 0);
	if (posix_spawnp(&pid, "patch", &quiet, NULL,
	    (char *const *)(uintptr_t)args, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&quiet);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
patch_runs(void)
{
	struct fixture f = fixture_new();
	bool runs = run_patch(&f, STR(""));

	fixture_free(&f);
	return runs;
}

/* patch(1) does not delete a file that is empty already. */
static bool
deletes_empty(const struct plan_result *r)
{
	return str_find(r->diff, STR("deleted file mode")) < r->diff.len &&
	    str_find(r->diff, STR("+++ /dev/null")) == r->diff.len;
}

/* Do the diffs of the batch, one after the other, make the same tree? */
static void
check_patch(struct a_case *c)
{
	struct fixture copy = fixture_new();

	for (size_t i = 0; i < c->before.len; i++) {
		struct named *n = &c->before.n[i];
		const char *path = arena_cstr(c->f.a, n->name);

		fixture_put(&copy, path, n->bytes);
		fchmodat(copy.fd, path, n->mode, 0);
	}
	for (size_t k = 0; k < c->plan.n_results; k++) {
		const struct plan_result *r = &c->plan.results[k];

		if (deletes_empty(r))
			goto out;
		if (r->diff.len && !run_patch(&copy, r->diff)) {
			complain(c, "patch -p1 refuses diff %zu", k);
			tap_show("diff", r->diff);
			goto out;
		}
	}
	check_tree(c, "patch -p1", &copy, true);
out:
	fixture_free(&copy);
}

static void
check_refusal(struct a_case *c, const struct err *e, size_t *n)
{
	for (; e && e->kind != ERR_NONE; e = e->next, ++*n) {
		struct str got = arena_fmt(c->f.a, "%s %s",
		    err_row(e->kind)->code, e->at);

		if (*n >= c->n_refused || !str_eq(got, c->refused[*n]))
			complain(c, "refused: %s (%s)", got.p, e->detail);
	}
}

static void
check_refusals(struct a_case *c)
{
	size_t n = 0;

	check_refusal(c, &c->why, &n);
	for (size_t k = 0; k < c->plan.n_results; k++)
		if (c->plan.results[k].status == PLAN_REFUSED)
			check_refusal(c, &c->plan.results[k].err, &n);
	if (n < c->n_refused)
		complain(c, "not refused: %.*s", STR_ARG(c->refused[n]));
}

static struct str
result_value(struct a_case *c, const struct plan_result *r, struct str key)
{
	static const char *const statuses[] = { "ok", "refused",
	    "not_applied" };
	struct arena *a = c->f.a;

	if (str_is(key, "status"))
		return str(statuses[r->status]);
	if (str_is(key, "match"))
		return str(r->match ? r->match : "none");
	if (str_is(key, "conflict"))
		return r->conflict_patch_id.p ? r->conflict_patch_id :
		    STR("none");
	if (str_is(key, "added"))
		return arena_fmt(a, "%lld", (long long)r->lines_added);
	if (str_is(key, "removed"))
		return arena_fmt(a, "%lld", (long long)r->lines_removed);
	if (str_is(key, "line"))
		return arena_fmt(a, "%lld", (long long)r->current_line);
	if (str_is(key, "shift"))
		return r->shift == SHIFT_NONE ? STR("none") :
		    arena_fmt(a, "%lld", (long long)r->shift);
	bail_out("a case asks for a member that results do not have");
}

static struct plan_result *
result_of(struct a_case *c, struct str number)
{
	int64_t k;

	if (!str_int(number, &k))
		bail_out("a case does not number a result");
	if (k >= 0 && (size_t)k < c->plan.n_results)
		return &c->plan.results[k];
	complain(c, "there is no result %lld", (long long)k);
	return NULL;
}

/* "0 match=exact shift=2" */
static void
check_result(struct a_case *c, struct str arg)
{
	struct plan_result *r = result_of(c, str_cut(&arg, ' '));

	while (r && arg.p) {
		struct str want = str_cut(&arg, ' ');
		struct str key = str_cut(&want, '=');
		struct str got = result_value(c, r, key);

		compare(c, arena_fmt(c->f.a, "%.*s is", STR_ARG(key)).p, got,
		    want.p ? want : STR(""));
	}
}

static void
mode_section(struct a_case *c, struct str arg)
{
	struct str name = str_cut(&arg, ' ');
	unsigned mode = (unsigned)strtoul(arena_cstr(c->f.a, arg), NULL, 8);
	const char *path = arena_cstr(c->f.a, name);
	struct named *n = names_find(&c->before, name);
	struct stat st;

	if (!c->ran) {
		if (!n || fchmodat(c->f.fd, path, mode, 0) != 0)
			bail_out("a case has a mode for no file");
		n->mode = mode;
	} else if (fstatat(c->f.fd, path, &st, 0) != 0 ||
	    (st.st_mode & 0777) != mode) {
		complain(c, "%s has mode %o", path, st.st_mode & 0777);
	}
}

static void
want(struct a_case *c, struct str name, struct str bytes, bool exists)
{
	struct named *n = names_find(&c->want, name);

	if (!n)
		n = names_add(&c->want, name, bytes);
	n->bytes = bytes;
	n->exists = exists;
}

/* A section behind the batch. */
static void
expect_section(struct a_case *c, const struct section *s, struct str bytes)
{
	struct plan_result *r;

	if (str_is(s->verb, "after")) {
		want(c, s->arg, bytes, true);
	} else if (str_is(s->verb, "gone")) {
		want(c, s->arg, STR(""), false);
	} else if (str_is(s->verb, "refused")) {
		if (c->n_refused == REFUSED_MAX)
			bail_out("a case has too many refusals");
		c->refused[c->n_refused++] = s->arg;
	} else if (str_is(s->verb, "result")) {
		check_result(c, s->arg);
	} else if (str_is(s->verb, "diff")) {
		r = result_of(c, s->arg);
		compare(c, "the diff is", r ? r->diff : STR_NONE, bytes);
	} else if (str_is(s->verb, "current")) {
		r = result_of(c, s->arg);
		compare(c, "the text now is", r ? r->current_text : STR_NONE,
		    bytes);
	} else if (str_is(s->verb, "mode")) {
		mode_section(c, s->arg);
	} else {
		bail_out("an unknown section behind a batch");
	}
}

static void
run_section(struct a_case *c, const struct section *s)
{
	struct str bytes = unescape(c->f.a, s->body);

	if (c->ran) {
		expect_section(c, s, bytes);
	} else if (str_is(s->verb, "before")) {
		fixture_put(&c->f, arena_cstr(c->f.a, s->arg), bytes);
		names_add(&c->before, s->arg, bytes);
		names_add(&c->want, s->arg, bytes);
	} else if (str_is(s->verb, "old")) {
		names_add(&c->olds, s->arg, bytes);
	} else if (str_is(s->verb, "text")) {
		names_add(&c->texts, s->arg, bytes);
	} else if (str_is(s->verb, "mode")) {
		mode_section(c, s->arg);
	} else if (str_is(s->verb, "batch")) {
		carry_out(c, s->body);
	} else {
		bail_out("an unknown section in a case");
	}
}

static void
run_case(const char *file, struct str name, struct str text, bool patch)
{
	static struct a_case c;
	struct section s;

	c = (struct a_case){ .f = fixture_new(), .held = true };
	while (next_section(&text, &s))
		run_section(&c, &s);
	if (!c.ran)
		bail_out("a case has no batch");
	check_refusals(&c);
	if (!c.planned || (c.plan.refused && c.batch.atomic))
		c.want = c.before;
	check_tree(&c, "afterwards", &c.f, false);
	if (c.planned && patch && !(c.plan.refused && c.batch.atomic))
		check_patch(&c);
	ok(c.held, "%s: %.*s", file, STR_ARG(name));
	fixture_free(&c.f);
}

static void
run_file(const char *path, bool patch)
{
	struct buf text = BUF_INIT(CASE_MAX_BYTES);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct str rest;

	if (fd < 0 || fd_read_all(fd, &text) != 0 || close(fd) != 0)
		bail_out("cannot read a case");
	rest = buf_str(&text);
	while (rest.len) {
		struct str name = str_cut(&rest, '\n');
		size_t end = rest.p ? str_find(rest, STR("\n== ")) : 0;

		if (!str_starts(name, STR("== ")))
			continue;	/* comments before the first case */
		if (end < rest.len)
			end++;
		run_case(strrchr(path, '/') + 1,
		    str_n(name.p + 3, name.len - 3), str_n(rest.p, end), patch);
		rest = str_n(rest.p + end, rest.len - end);
	}
	buf_free(&text);
}

int
main(void)
{
	const char *top = getenv("abs_top_srcdir");
	char pattern[4096];
	bool patch;
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/tests/cases/*.case",
	    top ? top : ".");
	if (glob(pattern, 0, NULL, &files) != 0)
		bail_out("no cases");
	patch = patch_runs();
	if (!patch)
		printf("# patch(1) is not here: diffs are not applied\n");
	for (size_t i = 0; i < files.gl_pathc; i++)
		run_file(files.gl_pathv[i], patch);
	globfree(&files);
	return done_testing();
}
