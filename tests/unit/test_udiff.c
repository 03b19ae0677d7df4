/* Random batches: their diffs, given to patch and git, make the same tree. */
#include <spawn.h>
#include <sys/wait.h>

#include "text/text.h"
#include "edit_fixture.h"

extern char **environ;

#define ROUNDS 60

/* Run a program in a folder; its exit code. */
static int
run(const char *folder, const char *log, const char *const argv[])
{
	posix_spawn_file_actions_t acts;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_addopen(&acts, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&acts, 1, log,
	    O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&acts, 1, 2);
	posix_spawn_file_actions_addchdir_np(&acts, folder);
	if (posix_spawnp(&pid, argv[0], &acts, NULL,
	    (char *const *)(uintptr_t)argv, environ) == 0)
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&acts);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool
have(const char *program)
{
	return run("/", "/dev/null", (const char *const[]){ program,
	    "--version", NULL }) == 0;
}

static unsigned state = 1;

static size_t
pick(size_t n)
{
	state = state * 1103515245u + 12345u;
	return (size_t)(state >> 16 & 0x7fff) % n;
}

/* A text of up to max lines, in one of several manners. */
static struct str
any_text(struct arena *a, size_t max, bool crlf)
{
	static const char *const words[] = { "", "a", "b", "a", "\xff\xfe",
	    "--- a", "+++ b", "@@ -1 +1 @@", "\\ x", " ", "x\ry", "\xc3\xa9" };
	struct buf b = BUF_INIT(KIB(64));
	size_t n = pick(max + 1);
	struct str s;

	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, words[pick(countof(words))]);
		if (i + 1 < n || pick(4))
			buf_adds(&b, crlf ? "\r\n" : "\n");
	}
	s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static const char *const names[] = { "a", "with blank", "q\"uote", "d/\xc3\xa9",
    "new/deep/file", "other" };

static size_t
line_count(struct str s)
{
	struct arena *a = arena_new();
	struct lines l;
	size_t n;

	if (str_starts(s, text_bom))
		s = str_n(s.p + 3, s.len - 3);
	lines_of(a, s, &l);
	n = l.n;
	arena_free(a);
	return n;
}

static struct patch_op
any_op(struct arena *a, size_t n_lines, bool crlf)
{
	struct patch_op op = { .mode = -1, .block = any_text(a, 5, crlf),
	    .open_space = !pick(8) };

	op.op = n_lines ? (enum op_kind)(OP_REPLACE_BLOCK + pick(5)) :
	    (enum op_kind)(OP_APPEND + pick(2));
	if (op.op == OP_REPLACE_BLOCK) {
		op.start = 1 + (int64_t)pick(n_lines);
		op.end = op.start + (int64_t)pick(3);
		if (op.end > (int64_t)n_lines)
			op.end = (int64_t)n_lines;
	}
	op.line = 1 + (int64_t)pick(n_lines ? n_lines : 1);
	return op;
}

/* The same files in the workspace and in the trees for patch and git. */
static void
fill(struct fixture *trees, size_t n_trees, struct str *texts)
{
	for (size_t i = 0; i < countof(names); i++) {
		struct str s = any_text(trees->a, 12, pick(2));

		texts[i] = STR_NONE;
		if (!pick(4) || str_is(str(names[i]), "new/deep/file"))
			continue;
		if (s.len && !pick(4))
			s = arena_fmt(trees->a, "\xef\xbb\xbf%.*s", STR_ARG(s));
		texts[i] = s;
		for (size_t t = 0; t < n_trees; t++)
			fixture_put(&trees[t], names[i], s);
	}
}

static size_t
any_batch(struct arena *a, const struct str *texts, struct patch_op *ops)
{
	size_t n = 0;

	for (size_t i = 0; i < countof(names); i++) {
		size_t lines = texts[i].p ? line_count(texts[i]) : 0;
		size_t some = texts[i].p ? pick(4) : pick(2);

		if (texts[i].len && !pick(6)) {
			ops[n++] = (struct patch_op){ .op = OP_DELETE_FILE,
			    .file = str(names[i]) };
			continue;
		}
		while (some--) {
			ops[n] = any_op(a, lines, pick(2));
			if (!texts[i].p)
				ops[n].op = OP_CREATE;
			ops[n++].file = str(names[i]);
		}
	}
	return n;
}

static bool
apply(struct fixture *tree, size_t k, struct str text, bool git)
{
	static const char *const with_patch[] = { "patch", "-p1", "-s", "-f",
	    "--no-backup-if-mismatch", "-F0", "-i", "../one.diff", NULL };
	static const char *const with_git[] = { "git", "apply", "-p1",
	    "--whitespace=nowarn", "../one.diff", NULL };
	const char *log = arena_fmt(tree->a, "%s/../log", tree->root).p;

	fixture_put(tree, "../one.diff", text);
	if (run(tree->root, log, git ? with_git : with_patch) == 0)
		return true;
	tap_show("diff", text);
	tap_show("says", fixture_get(tree, "../log"));
	printf("# operation %zu, %s\n", k, git ? "git" : "patch");
	return false;
}

/* A tree one level below a folder of its own, where the diff is put. */
static struct fixture
tree_new(void)
{
	struct fixture f = { .a = arena_new() };

	f.root = arena_cstr(f.a, arena_fmt(f.a, "%s/tree",
	    fixture_folder(f.a)));
	mkdir(f.root, 0755);
	f.fd = open(f.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (workspace_open(f.root, &f.ws, NULL) != 0)
		bail_out("the workspace does not open");
	return f;
}

static void
tree_free(struct fixture *f)
{
	*strrchr(f->root, '/') = '\0';
	fixture_free(f);
}

static bool
same_files(struct fixture *trees, const struct plan *p, const char *name)
{
	struct str want = fixture_get(&trees[0], name);

	for (size_t i = 0; i < p->n_files; i++)
		if (str_is(p->files[i].path, name))
			want = p->files[i].after;
	for (size_t t = 0; t < 2; t++) {
		struct str got = fixture_get(&trees[t + 1], name);

		if (!want.p == !got.p && str_eq(want, got))
			continue;
		printf("# %s differs for %s\n", name, t ? "git" : "patch");
		tap_show("want", want);
		tap_show(" got", got);
		return false;
	}
	return true;
}

/* Diffs of one batch onto two copies; what is refused changes nothing. */
static bool
round_holds(enum coordinates coordinates)
{
	struct fixture trees[3] = { tree_new(), tree_new(), tree_new() };
	struct patch_op ops[32] = { 0 };
	struct str texts[countof(names)];
	struct patch_batch b = { .ops = ops, .coordinates = coordinates };
	struct plan p;
	bool held = true;

	fill(trees, 3, texts);
	b.n_ops = any_batch(trees[0].a, texts, ops);
	if (!b.n_ops)
		goto out;
	p = fixture_plan(&trees[0], &b);
	for (size_t k = 0; k < p.n_results && held; k++)
		if (p.results[k].diff.len)
			held = apply(&trees[1], k, p.results[k].diff, false) &&
			    apply(&trees[2], k, p.results[k].diff, true);
	for (size_t i = 0; i < countof(names) && held; i++)
		held = same_files(trees, &p, names[i]);
out:
	for (size_t t = 0; t < 3; t++)
		tree_free(&trees[t]);
	return held;
}

static void
test_text_of_diff(void)
{
	struct fixture fx = fixture_new();
	struct patch_op op = { .op = OP_APPEND, .file = STR("s p"),
	    .block = STR("c\n") };
	struct patch_batch b = { .ops = &op, .n_ops = 1 };
	struct plan p;

	fixture_put(&fx, "s p", STR("a\nb"));
	p = fixture_plan(&fx, &b);
	is_str(p.results[0].diff, "diff --git a/s p b/s p\n--- a/s p\t\n"
	    "+++ b/s p\t\n@@ -1,2 +1,3 @@\n a\n-b\n"
	    "\\ No newline at end of file\n+b\n+c\n", "an open last line");
	is_int(p.results[0].lines_added, 2, "lines added");
	is_int(p.results[0].lines_removed, 1, "lines removed");
	op = (struct patch_op){ .op = OP_CREATE, .file = STR("d/n"),
	    .block = STR("a\n"), .mode = 0755 };
	p = fixture_plan(&fx, &b);
	is_str(p.results[0].diff, "diff --git a/d/n b/d/n\n"
	    "new file mode 100755\n--- /dev/null\n+++ b/d/n\n"
	    "@@ -0,0 +1,1 @@\n+a\n", "a new file");
	op = (struct patch_op){ .op = OP_REPLACE_BLOCK, .file = STR("s p"),
	    .start = 1, .end = 1, .block = STR("a") };
	p = fixture_plan(&fx, &b);
	is_str(p.results[0].diff, "", "nothing changes, no diff");
	is_int(p.results[0].status, PLAN_OK, "and it is fine");
	fixture_free(&fx);
}

int
main(void)
{
	int bad = 0;

	test_text_of_diff();
	if (!have("patch") || !have("git"))
		return done_testing();
	for (int i = 0; i < ROUNDS; i++) {
		state = (unsigned)i + 1;
		if (!round_holds(i % 2 ? COORD_SEQUENTIAL : COORD_BASE)) {
			printf("# round %d\n", i);
			bad++;
		}
	}
	is_int(bad, 0, "%d random batches", ROUNDS);
	return done_testing();
}
