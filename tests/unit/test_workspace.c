#include <sys/socket.h>
#include <sys/un.h>

#include "tree/tree.h"
#include "edit_fixture.h"

static void
test_path_check(void)
{
	static const struct { const char *path; enum err_kind kind; } rows[] = {
		{ "a", ERR_NONE },
		{ "a/b.c", ERR_NONE },
		{ "with blank/\xc3\xa9", ERR_NONE },
		{ ".gitignore", ERR_NONE },
		{ ".github/x", ERR_NONE },
		{ "a..b/..c", ERR_NONE },
		{ "", ERR_INVALID },
		{ "/etc/passwd", ERR_PATH_ESCAPE },
		{ "..", ERR_PATH_ESCAPE },
		{ "a/../b", ERR_PATH_ESCAPE },
		{ "a/..", ERR_PATH_ESCAPE },
		{ ".", ERR_INVALID },
		{ "./a", ERR_INVALID },
		{ "a//b", ERR_INVALID },
		{ "a/", ERR_INVALID },
		{ "a\\b", ERR_INVALID },
		{ "a\nb", ERR_INVALID },
		{ "a\x7f", ERR_INVALID },
		{ "a\xc2\x85", ERR_INVALID },
		{ "a\xff", ERR_INVALID },
		{ ".git/config", ERR_PATH_DENIED },
		{ ".git", ERR_PATH_DENIED },
		{ "sub/.GIT/hooks/x", ERR_PATH_DENIED },
		{ "git~1/config", ERR_PATH_DENIED },
		{ ".patchwarden/x", ERR_PATH_DENIED },
		{ ".PatchWarden", ERR_PATH_DENIED },
		{ "PATCHW~1/x", ERR_PATH_DENIED },
		{ ".git /config", ERR_PATH_DENIED },
		{ ".git. ./config", ERR_PATH_DENIED },
		{ ".Git::$INDEX_ALLOCATION/config", ERR_PATH_DENIED },
		{ "git~1 :x", ERR_PATH_DENIED },
		{ ".g\xe2\x80\x8cit/config", ERR_PATH_DENIED },
		{ ".git\xe2\x80\xae", ERR_PATH_DENIED },
		{ ".git\xe2\x81\xaf. ", ERR_PATH_DENIED },
		{ "\xef\xbb\xbf.git", ERR_PATH_DENIED },
		{ ".g it", ERR_NONE },
		{ ".git x", ERR_NONE },
		{ ".gi", ERR_NONE },
		{ ".gi:t", ERR_NONE },
		{ "git~10", ERR_NONE },
		{ ".git\xe2\x80\x8b", ERR_NONE },
	};
	char longer[PATH_MAX_BYTES + 2];
	struct err e;

	for (size_t i = 0; i < countof(rows); i++) {
		e = (struct err){ 0 };
		is_int(path_check(str(rows[i].path), &e),
		    rows[i].kind ? -1 : 0, "row %zu is taken or not", i);
		is_int(e.kind, rows[i].kind, "row %zu: why", i);
	}
	memset(longer, 'a', sizeof(longer));
	is_int(path_check(str_n(longer, sizeof(longer)), &e), -1, "too long");
	is_int(path_check(str_n(longer, 256), &e), -1, "a name too long");
	is_int(path_check(str_n("a\0b", 3), &e), -1, "NUL");
	is_int(path_check(STR_NONE, &e), -1, "absent");
}

static int
bind_socket(struct fixture *fx, const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/%s", fx->root, name);
	return bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0 ? fd : -1;
}

static void
test_read(void)
{
	static const struct {
		const char *path;
		int rc;
		enum err_kind kind;
	} rows[] = {
		{ "f", 1, ERR_NONE },
		{ "d/f", 1, ERR_NONE },
		{ "none", 0, ERR_NONE },
		{ "none/f", 0, ERR_NONE },
		{ "link", -1, ERR_PATH_ESCAPE },
		{ "inner", -1, ERR_PATH_ESCAPE },
		{ "linked/f", -1, ERR_PATH_ESCAPE },
		{ "out/passwd", -1, ERR_PATH_ESCAPE },
		{ "hard", -1, ERR_PATH_DENIED },
		{ "fifo", -1, ERR_PATH_DENIED },
		{ "socket", -1, ERR_PATH_DENIED },
		{ "d", -1, ERR_PATH_DENIED },
		{ "f/x", -1, ERR_PATH_DENIED },
		{ "big", -1, ERR_LIMIT_EXCEEDED },
		{ "../f", -1, ERR_PATH_ESCAPE },
	};
	struct fixture fx = fixture_new();
	struct file_id id;
	struct err e;
	unsigned mode;
	struct str s;
	int fd;

	fixture_put(&fx, "f", STR("text\n"));
	fixture_put(&fx, "d/f", STR("text\n"));
	fixture_put(&fx, "one", STR("x"));
	fixture_put(&fx, "big", STR("0123456789"));
	ok(symlinkat("/etc/passwd", fx.fd, "link") == 0 &&
	    symlinkat("f", fx.fd, "inner") == 0 &&
	    symlinkat("d", fx.fd, "linked") == 0 &&
	    symlinkat("/etc", fx.fd, "out") == 0 &&
	    linkat(fx.fd, "one", fx.fd, "hard", 0) == 0 &&
	    mkfifoat(fx.fd, "fifo", 0600) == 0, "made links and a FIFO");
	fd = bind_socket(&fx, "socket");
	for (size_t i = 0; i < countof(rows); i++) {
		e = (struct err){ 0 };
		is_int(workspace_read(fx.ws, fx.a, str(rows[i].path), 9, &s,
		    &id, &mode, &e), rows[i].rc, "read %s", rows[i].path);
		is_int(e.kind, rows[i].kind, "%s: why", rows[i].path);
	}
	fchmodat(fx.fd, "f", 04711, 0);
	is_int(workspace_read(fx.ws, fx.a, STR("f"), 9, &s, &id, &mode, &e), 1,
	    "read again");
	is_int(mode, 0711, "no s-bits");
	is_str(s, "text\n", "the bytes");
	if (fd >= 0)
		close(fd);
	fixture_free(&fx);
}

/* A batch with one row of each kind, and a new file in a new folder. */
struct job {
	struct fixture fx;
	struct patch_op ops[4];
	struct plan plan;
	struct journal_file *rows;
	struct err e;
};

static void
job_init(struct job *j)
{
	struct patch_batch b = { .atomic = true, .ops = j->ops, .n_ops = 4 };

	*j = (struct job){ .fx = fixture_new() };
	fixture_put(&j->fx, "edit", STR("old\n"));
	fixture_put(&j->fx, "gone", STR("bye\n"));
	fixture_put(&j->fx, "keep/f", STR("k\n"));
	mkdirat(j->fx.fd, "empty", 0755);
	if (geteuid() == 0 && fchownat(j->fx.fd, "edit", 1234, 1234, 0) != 0)
		bail_out("cannot give a file away");
	fchmodat(j->fx.fd, "edit", 0750, 0);
	j->ops[0] = (struct patch_op){ .op = OP_REPLACE_BLOCK, .start = 1,
	    .end = 1, .file = STR("edit"), .block = STR("new\n") };
	j->ops[1] = (struct patch_op){ .op = OP_DELETE_FILE,
	    .file = STR("gone") };
	j->ops[2] = (struct patch_op){ .op = OP_CREATE, .mode = 0755,
	    .file = STR("new/deep/f"), .block = STR("n\n") };
	j->ops[3] = (struct patch_op){ .op = OP_CREATE, .mode = -1,
	    .file = STR("empty/f"), .block = STR("e\n") };
	j->plan = fixture_plan(&j->fx, &b);
	if (workspace_stage(j->fx.ws, j->fx.a, STR("0192-ab"), j->plan.files,
	    j->plan.n_files, &j->rows, &j->e) != 0)
		printf("# %s\n", j->e.detail), bail_out("cannot stage");
}

/* The tree of before the batch, and nothing else. */
static bool
is_before(struct fixture *fx)
{
	return str_is(fixture_get(fx, "edit"), "old\n") &&
	    str_is(fixture_get(fx, "gone"), "bye\n") &&
	    str_is(fixture_get(fx, "keep/f"), "k\n") &&
	    !fixture_has(fx, "new") && fixture_has(fx, "empty") &&
	    !fixture_has(fx, "empty/f");
}

static bool
is_after(struct fixture *fx)
{
	return str_is(fixture_get(fx, "edit"), "new\n") &&
	    !fixture_has(fx, "gone") &&
	    str_is(fixture_get(fx, "keep/f"), "k\n") &&
	    str_is(fixture_get(fx, "new/deep/f"), "n\n") &&
	    str_is(fixture_get(fx, "empty/f"), "e\n");
}

/* What is in the staging directory besides .gitignore. */
static int
leftovers(struct fixture *fx)
{
	static const char *const parts[] = { "0", "1", "2", "3", "0-old",
	    "1-old", "2-old", "3-old", "dirs" };
	int n = 0;

	for (size_t i = 0; i < countof(parts); i++)
		n += fixture_has(fx, arena_fmt(fx->a,
		    STAGE_NAME "/0192-ab.%s", parts[i]).p);
	return n;
}

static unsigned
mode_of(struct fixture *fx, const char *path)
{
	struct stat st;

	return fstatat(fx->fd, path, &st, 0) == 0 ? st.st_mode & 07777 : 0;
}

static uid_t
owner_of(struct fixture *fx, const char *path)
{
	struct stat st;

	return fstatat(fx->fd, path, &st, 0) == 0 ? st.st_uid : 0;
}

static void
test_publish(void)
{
	struct job j;

	job_init(&j);
	ok(is_before(&j.fx), "staging changes nothing");
	is_str(fixture_get(&j.fx, STAGE_NAME "/.gitignore"), "*\n",
	    "git does not see it");
	is_int(mode_of(&j.fx, STAGE_NAME), 0700, "nobody else does");
	is_int(workspace_publish(j.fx.ws, j.fx.a, j.rows, j.plan.n_files,
	    &j.e), 0, "publish");
	ok(is_after(&j.fx), "the tree is the new one");
	is_int(mode_of(&j.fx, "edit"), 0750, "the mode stays");
	if (geteuid() == 0)
		is_int(owner_of(&j.fx, "edit"), 1234, "so does the owner");
	is_int(mode_of(&j.fx, "new/deep/f"), 0755, "a mode is given");
	is_int(mode_of(&j.fx, "empty/f"), 0644, "or is the usual one");
	workspace_clean(j.fx.ws, j.rows, j.plan.n_files);
	is_int(leftovers(&j.fx), 0, "nothing is left");
	fixture_free(&j.fx);
}

/* Someone changes one thing between reading and publishing. */
static void
spoil(struct job *j, int how)
{
	switch (how) {
	case 0:
		fixture_put(&j->fx, "edit", STR("theirs\n"));
		break;
	case 1:
		unlinkat(j->fx.fd, "edit", 0);
		break;
	case 2:
		unlinkat(j->fx.fd, "edit", 0);
		if (symlinkat("/etc/passwd", j->fx.fd, "edit") != 0)
			bail_out("no link");
		break;
	case 3:
		fixture_put(&j->fx, "gone", STR("theirs\n"));
		break;
	case 4:
		fixture_put(&j->fx, "new/deep/f", STR("theirs\n"));
		break;
	case 5:
		fixture_put(&j->fx, "new", STR("theirs\n"));
		break;
	case 6:
		if (symlinkat("/tmp", j->fx.fd, "new") != 0)
			bail_out("no link");
		break;
	default:
		unlinkat(j->fx.fd, "edit", 0);
		mkdirat(j->fx.fd, "edit", 0755);
		break;
	}
}

#define SPOILS 8

static bool
spoil_is_there(struct job *j, int how)
{
	static const char *const paths[SPOILS] = { "edit", NULL, NULL, "gone",
	    "new/deep/f", "new", NULL, NULL };
	struct stat st;

	if (paths[how])
		return str_is(fixture_get(&j->fx, paths[how]), "theirs\n");
	if (how == 1)
		return !fixture_has(&j->fx, "edit");
	return fstatat(j->fx.fd, how == 6 ? "new" : "edit", &st,
	    AT_SYMLINK_NOFOLLOW) == 0 &&
	    (how == 7 ? S_ISDIR(st.st_mode) : S_ISLNK(st.st_mode));
}

static void
test_publish_stale(void)
{
	static const char *const paths[] = { "edit", "gone", "new", "empty/f" };

	for (int how = 0; how < SPOILS; how++) {
		struct job j;
		int same = 0;

		job_init(&j);
		spoil(&j, how);
		is_int(workspace_publish(j.fx.ws, j.fx.a, j.rows,
		    j.plan.n_files, &j.e), -1, "spoil %d is noticed", how);
		ok(j.e.kind == ERR_STALE_BASE || j.e.kind == ERR_PATH_ESCAPE ||
		    j.e.kind == ERR_PATH_DENIED, "spoil %d: %s", how, j.e.detail);
		ok(spoil_is_there(&j, how), "spoil %d: theirs stays", how);
		same += str_is(fixture_get(&j.fx, "edit"), "old\n");
		same += str_is(fixture_get(&j.fx, "gone"), "bye\n");
		same += !fixture_has(&j.fx, paths[2]);
		same += !fixture_has(&j.fx, paths[3]);
		is_int(same, 3, "spoil %d: the rest is as before", how);
		workspace_clean(j.fx.ws, j.rows, j.plan.n_files);
		fixture_free(&j.fx);
	}
}

/* Killed after so many rows: forwards, and backwards when one is spoilt. */
static void
test_recover(bool plain)
{
	for (size_t cut = 0; cut <= 4; cut++) {
		enum recover_result what = RECOVER_UNDONE;
		struct job j;
		int rc = 0;

		tree_plain_renames = plain;
		job_init(&j);
		for (size_t i = 0; i < cut; i++)
			rc |= row_forward(j.fx.ws, j.fx.a, &j.rows[i], &j.e);
		is_int(rc, 0, "cut %zu: %zu rows done", cut, cut);
		for (int again = 0; again < 2; again++) {
			is_int(workspace_recover(j.fx.ws, j.fx.a, j.rows, 4,
			    &what, &j.e), 0, "cut %zu: recovered", cut);
			is_int(what, RECOVER_DONE, "cut %zu: forwards", cut);
			ok(is_after(&j.fx), "cut %zu: all is there", cut);
		}
		fixture_free(&j.fx);
	}
	tree_plain_renames = false;
}

static void
test_recover_back(bool plain)
{
	for (size_t cut = 0; cut < 4; cut++) {
		enum recover_result what = RECOVER_DONE;
		struct job j;

		tree_plain_renames = plain;
		job_init(&j);
		for (size_t i = 0; i < cut; i++)
			row_forward(j.fx.ws, j.fx.a, &j.rows[i], &j.e);
		/* what the last row needs is lost: no way forwards */
		unlinkat(j.fx.fd, STAGE_NAME "/0192-ab.3", 0);
		for (int again = 0; again < 2; again++) {
			is_int(workspace_recover(j.fx.ws, j.fx.a, j.rows, 4,
			    &what, &j.e), 0, "cut %zu: recovered back", cut);
			is_int(what, RECOVER_UNDONE, "cut %zu: backwards", cut);
			ok(is_before(&j.fx), "cut %zu: nothing is there", cut);
		}
		workspace_clean(j.fx.ws, j.rows, 4);
		is_int(leftovers(&j.fx), 0, "cut %zu: nothing is left", cut);
		fixture_free(&j.fx);
	}
	tree_plain_renames = false;
}

static void
test_recover_foreign(void)
{
	enum recover_result what;
	struct job j;

	job_init(&j);
	row_forward(j.fx.ws, j.fx.a, &j.rows[0], &j.e);
	fixture_put(&j.fx, "edit", STR("theirs\n"));
	is_int(workspace_recover(j.fx.ws, j.fx.a, j.rows, 4, &what, &j.e), 0,
	    "someone edited after the crash");
	ok(what == RECOVER_DONE || what == RECOVER_UNDONE, "one end");
	ok(str_is(fixture_get(&j.fx, "gone"), "bye\n") ||
	    what == RECOVER_DONE, "the rest agrees");
	fixture_free(&j.fx);

	job_init(&j);
	for (size_t i = 0; i < 2; i++)
		row_forward(j.fx.ws, j.fx.a, &j.rows[i], &j.e);
	workspace_sweep(j.fx.ws);
	is_int(workspace_recover(j.fx.ws, j.fx.a, j.rows, 4, &what, &j.e), -1,
	    "neither end without the staged files");
	is_int(j.e.kind, ERR_NOT_READY, "and that is said");
	fixture_free(&j.fx);
}

/* exchange() and move() without the kernel's help, killed in the middle. */
static void
test_settle(void)
{
	enum recover_result what;
	struct job j;

	job_init(&j);		/* rows: edit, empty/f, gone, new/deep/f */
	linkat(j.fx.fd, "edit", j.fx.fd, STAGE_NAME "/0192-ab.0-old", 0);
	linkat(j.fx.fd, STAGE_NAME "/0192-ab.1", j.fx.fd, "empty/f", 0);
	linkat(j.fx.fd, "gone", j.fx.fd, STAGE_NAME "/0192-ab.2", 0);
	is_int(workspace_recover(j.fx.ws, j.fx.a, j.rows, 4, &what, &j.e), 0,
	    "two names for one file");
	ok(what == RECOVER_DONE && is_after(&j.fx), "are settled");
	fixture_free(&j.fx);

	job_init(&j);
	linkat(j.fx.fd, "edit", j.fx.fd, STAGE_NAME "/0192-ab.0-old", 0);
	renameat(j.fx.fd, STAGE_NAME "/0192-ab.0", j.fx.fd, "edit");
	unlinkat(j.fx.fd, STAGE_NAME "/0192-ab.3", 0);
	is_int(workspace_recover(j.fx.ws, j.fx.a, j.rows, 4, &what, &j.e), 0,
	    "the old file under its third name");
	ok(what == RECOVER_UNDONE && is_before(&j.fx), "comes back");
	fixture_free(&j.fx);
}

static void
test_publish_plain(void)
{
	struct job j;

	tree_plain_renames = true;
	job_init(&j);
	is_int(workspace_publish(j.fx.ws, j.fx.a, j.rows, 4, &j.e), 0,
	    "publish without exchange");
	ok(is_after(&j.fx), "does the same");
	workspace_clean(j.fx.ws, j.rows, 4);
	is_int(leftovers(&j.fx), 0, "and leaves nothing");
	fixture_free(&j.fx);
	tree_plain_renames = false;
}

static void
test_open(void)
{
	struct workspace *ws;
	struct fixture fx = fixture_new();
	struct file_change f = { .path = STR("x"), .exists_after = true,
	    .after = STR("a"), .mode = 0644 };
	struct journal_file *rows;
	struct err e;

	is_int(workspace_open("/nowhere/at/all", &ws, &e), -1, "no such root");
	is_int(e.kind, ERR_NOT_READY, "is not ready");
	f.after_sha256 = sha256_of(f.after);
	is_int(workspace_stage(fx.ws, fx.a, STR("../x"), &f, 1, &rows, &e), -1,
	    "a batch id that is a path");
	if (symlinkat("/tmp", fx.fd, STAGE_NAME) != 0)
		bail_out("no link");
	is_int(workspace_stage(fx.ws, fx.a, STR("x"), &f, 1, &rows, &e), -1,
	    "a staging directory that is a link");
	unlinkat(fx.fd, STAGE_NAME, 0);
	mkdirat(fx.fd, STAGE_NAME, 0700);
	fchmodat(fx.fd, STAGE_NAME, 0777, 0);
	is_int(workspace_stage(fx.ws, fx.a, STR("x"), &f, 1, &rows, &e), -1,
	    "a staging directory open to all");
	fchmodat(fx.fd, STAGE_NAME, 0700, 0);
	is_int(workspace_stage(fx.ws, fx.a, STR("x"), &f, 1, &rows, &e), 0,
	    "a good one");
	workspace_sweep(fx.ws);
	ok(!fixture_has(&fx, STAGE_NAME "/x.0") &&
	    fixture_has(&fx, STAGE_NAME "/.gitignore"), "swept");
	fixture_free(&fx);
}

int
main(void)
{
	umask(022);
	test_path_check();
	test_read();
	test_open();
	test_publish();
	test_publish_plain();
	test_publish_stale();
	test_recover(false);
	test_recover(true);
	test_recover_back(false);
	test_recover_back(true);
	test_recover_foreign();
	test_settle();
	return done_testing();
}
