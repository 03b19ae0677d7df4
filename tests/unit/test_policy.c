/* Every rule of a policy: a row for what it lets pass and for what not. */
#include "policy_fixture.h"

static const char *const abc[] = { "a", "b", "c", NULL };

static void
test_paths(void)
{
	static const struct {
		const char *name, *policy;
		enum op_kind op;
		const char *file, *to, *want, *at;
		enum err_kind kind;
	} rows[] = {
		{ "no rule lets all pass", "{}", OP_CREATE, "x", NULL, NULL, "", 0 },
		{ "allow takes", "{\"allow\":[\"src/**\"]}", OP_CREATE, "src/a/b.c", NULL, NULL, "", 0 },
		{ "allow does not take", "{\"allow\":[\"src/**\"]}", OP_CREATE, "doc/x", NULL, "allow[0] \"src/**\": doc/x is no such file", "/patches/0/file", ERR_PATH_DENIED },
		{ "none of two takes", "{\"allow\":[\"src/**\",\"*.md\"]}", OP_CREATE, "doc/x.md", NULL, "allow: doc/x.md matches none of src/**, *.md", "/patches/0/file", ERR_PATH_DENIED },
		{ "an empty allow is none", "{\"allow\":[]}", OP_CREATE, "x", NULL, NULL, "", 0 },
		{ "deny names its number", "{\"deny\":[\"a\",\"b\",\"secrets/**\"]}", OP_REPLACE_BLOCK, "secrets/k", NULL, "deny[2] \"secrets/**\": secrets/k may not be edited", "/patches/0/file", ERR_PATH_DENIED },
		{ "deny wins over allow", "{\"allow\":[\"**\"],\"deny\":[\"**/*.lock\"]}", OP_CREATE, "yarn.lock", NULL, "deny[0]", "/patches/0/file", ERR_PATH_DENIED },
		{ "deny stops at folders", "{\"deny\":[\"*.pem\"]}", OP_CREATE, "d/k.pem", NULL, NULL, "", 0 },
		{ "deny below any folder", "{\"deny\":[\"**/.env\"]}", OP_CREATE, "a/b/.env", NULL, "deny[0]", "/patches/0/file", ERR_PATH_DENIED },
		{ "deny takes whole names", "{\"deny\":[\"**/.env\"]}", OP_CREATE, "a/x.env", NULL, NULL, "", 0 },
		{ "a move into a denied place", "{\"deny\":[\"ci/**\"]}", OP_MOVE, "a", "ci/a", "deny[0] \"ci/**\": ci/a", "/patches/0/to", ERR_PATH_DENIED },
		{ "a move out of one", "{\"deny\":[\"ci/**\"]}", OP_MOVE, "ci/a", "a", "deny[0] \"ci/**\": ci/a", "/patches/0/file", ERR_PATH_DENIED },
		{ "a move within allow", "{\"allow\":[\"src/**\"]}", OP_MOVE, "src/a", "src/b", NULL, "", 0 },
		{ "a move out of allow", "{\"allow\":[\"src/**\"]}", OP_MOVE, "src/a", "b", "allow[0]", "/patches/0/to", ERR_PATH_DENIED },
		{ "an operation in the list", "{\"operations\":[\"create\",\"append\"]}", OP_APPEND, "x", NULL, NULL, "", 0 },
		{ "an operation not in it", "{\"operations\":[\"create\"]}", OP_DELETE_FILE, "x", NULL, "operations: delete-file is none of create", "/patches/0/op", ERR_OP_DENIED },
		{ "a revert is no operation of the list", "{\"operations\":[\"create\"]}", OP_UNDO, "x", NULL, NULL, "", 0 },
		{ "a revert keeps to the paths", "{\"deny\":[\"x\"]}", OP_UNDO, "x", NULL, "deny[0]", "/patches/0/file", ERR_PATH_DENIED },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new(rows[i].policy);
		size_t k = world_op(w, rows[i].op, rows[i].file, rows[i].to,
		    NULL);

		world_judge(w);
		if (world_is(w, k, rows[i].kind, rows[i].want, rows[i].name) &&
		    rows[i].want)
			is_str(str(w->plan.results[k].err.at), rows[i].at,
			    "%s: its place", rows[i].name);
		world_free(w);
	}
}

static void
test_block_files(void)
{
	static const struct {
		const char *name, *policy, *read, *want;
	} rows[] = {
		{ "a block file", "{}", "s/k", NULL },
		{ "a denied block file", "{\"deny\":[\"d\",\"s/**\"]}", "s/k", "deny[1] \"s/**\": s/k may not be put into another file" },
		{ "one that is not denied", "{\"deny\":[\"s/**\"]}", "t/k", NULL },
		{ "one that is only not allowed", "{\"allow\":[\"f\"]}", "s/k", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new(rows[i].policy);
		size_t k = world_op(w, OP_APPEND, "f", NULL, NULL);

		w->batch.ops[k].block_file = str(rows[i].read);
		world_judge(w);
		if (world_is(w, k, ERR_PATH_DENIED, rows[i].want,
		    rows[i].name) && rows[i].want)
			is_str(str(w->plan.results[k].err.at),
			    "/patches/0/blockFile", "it is in blockFile");
		world_free(w);
	}
}

static void
test_tasks_folder(void)
{
	static const struct { const char *path; bool fine; } rows[] = {
		{ ".mission_control/tasks.json", false },
		{ ".mission_control/notes", false },
		{ ".Mission_Control/a/b", false }, { ".mission_control", false },
		{ "work", false }, { "work/List.json", false },
		{ ".mission_controls", true }, { ".mission", true },
		{ "work/list.jsonl", true }, { "work/other", true },
		{ "wor", true }, { "a/.mission_control/x", true },
	};
	struct policy p = { .tasks = STR("work/list.json") };

	for (size_t i = 0; i < countof(rows); i++)
		ok(policy_denies(&p, str(rows[i].path)) != rows[i].fine,
		    "with tasks %s %s be edited", rows[i].path,
		    rows[i].fine ? "may" : "may not");
	p.tasks = STR_NONE;
	ok(!policy_denies(&p, STR(".mission_control/tasks.json")),
	    "without tasks it is a file like any other");
}

/* A patch text of several files: each is looked at, wherever it was named. */
static void
test_many_paths(void)
{
	struct world *w = world_new("{\"deny\":[\"b\",\"c\"]}");
	size_t k = world_op(w, OP_UNIFIED_DIFF, "a", NULL, NULL);
	const struct plan_result *r = &w->plan.results[k];

	for (const char *const *path = abc; *path; path++)
		world_touch(w, k, world_file(w, *path, "1\n", "2\n"));
	world_judge(w);
	world_is(w, k, ERR_PATH_DENIED, "deny[0] \"b\": b", "the first");
	is_str(str(r->err.at), "/patches/0/block", "it is in the block");
	ok(r->err.next && str_starts(str(r->err.next->detail),
	    STR("policy rule deny[1] \"c\": c")), "and the second behind it");
	ok(r->err.next && !r->err.next->next, "and no third");
	world_free(w);
}

/* What the engine has refused already. */
static void
test_refused(void)
{
	static const struct {
		const char *name, *policy, *file;
		enum op_kind op;
		bool other;		/* its patch text names x, too */
		bool shown;
	} rows[] = {
		{ "of an allowed file", "{}", "x", OP_REPLACE_BLOCK, false, true },
		{ "of a denied file", "{\"deny\":[\"x\"]}", "x", OP_REPLACE_BLOCK, false, false },
		{ "of a diff that is also about a denied file", "{\"deny\":[\"x\"]}", "y", OP_UNIFIED_DIFF, true, false },
		{ "of a diff that is not", "{\"deny\":[\"x\"]}", "y", OP_UNIFIED_DIFF, false, true },
		{ "of what another rule forbids, too", "{\"operations\":[\"append\"]}", "x", OP_REPLACE_BLOCK, false, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new(rows[i].policy);
		size_t k = world_op(w, rows[i].op, rows[i].file, NULL, NULL);
		struct plan_result *r = &w->plan.results[k];

		world_file(w, "x", "secret\n", "secret\n");
		if (rows[i].other)
			r->names[r->n_names++] = STR("x");
		r->status = PLAN_REFUSED;
		err_set(&r->err, ERR_SPAN_CONFLICT, "it has changed");
		r->current_text = STR("secret\n");
		r->current_line = 1;
		world_judge(w);
		ok((r->current_text.p != NULL) == rows[i].shown,
		    "the text %s is %s", rows[i].name,
		    rows[i].shown ? "shown" : "not shown");
		is_int(r->current_line, rows[i].shown, "nor is its place");
		ok(rows[i].shown ? r->err.kind == ERR_SPAN_CONFLICT ||
		    (r->err.next && r->err.next->kind == ERR_SPAN_CONFLICT) :
		    r->err.kind == ERR_PATH_DENIED && !r->err.next,
		    "the engine's reason %s is %s", rows[i].name,
		    rows[i].shown ? "told" : "not told");
		world_free(w);
	}
}

#define HASH_X "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"
#define GUARDED "a\n// @hash:73cb3858a687 START:g\nx\n// END:g\nb\n"
#define KEPT "a\n# PROTECTED-BEGIN:k\nx\ny\n# PROTECTED-END:k\nb\n"

static void
test_guards(void)
{
	static const struct {
		const char *name, *before;
		size_t from, to;
		const char *come, *want;
	} rows[] = {
		{ "a line before the guard", GUARDED, 0, 1, "A\n", NULL },
		{ "a line behind it", GUARDED, 4, 5, "B\n", NULL },
		{ "put in right before", GUARDED, 1, 1, "n\n", NULL },
		{ "put in right behind", GUARDED, 4, 4, "n\n", NULL },
		{ "the guarded line", GUARDED, 2, 3, "z\n", "guards: START:g in lines 2 to 4 of f may not be changed" },
		{ "put in behind its first guard", GUARDED, 2, 2, "n\n", "guards: START:g" },
		{ "put in before its last", GUARDED, 3, 3, "n\n", "guards: START:g" },
		{ "the first guard", GUARDED, 1, 2, "", "guards: START:g" },
		{ "the last guard", GUARDED, 3, 4, "", "guards: START:g" },
		{ "over its beginning", GUARDED, 0, 2, "A\n", "guards: START:g" },
		{ "over its end", GUARDED, 3, 5, "B\n", "guards: START:g" },
		{ "all of the file", GUARDED, 0, 5, "new\n", "guards: START:g" },
		{ "the same lines again", GUARDED, 1, 4, "// @hash:73cb3858a687 START:g\nx\n// END:g\n", NULL },
		{ "a line that runs into the guard", GUARDED, 0, 1, "A", "guards: START:g" },
		{ "put in without a line end", GUARDED, 1, 1, "n", "guards: START:g" },
		{ "a copy of the guard", GUARDED, 5, 5, "// @hash:73cb3858a687 START:g\nx\n// END:g\n", NULL },
		{ "a begin that takes its end", GUARDED, 0, 0, "PROTECTED-BEGIN\n", NULL },
		{ "the whole hash", "@hash:" HASH_X " START:g\nx\nEND:g\n", 1, 2, "", "guards: START:g in lines 1 to 3 of f may not" },
		{ "a hash in capitals", "@hash:73CB3858A687 START:g\nx\nEND:g\n", 1, 2, "", "guards: START:g in lines 1 to 3 of f may not" },
		{ "a hash that does not fit", "@hash:000000000000 START:g\nx\nEND:g\n", 1, 2, "", "guards: START:g in lines 1 to 3 of f is broken already: the hash of its lines begins with 73cb3858a687a849" },
		{ "outside of one that does not fit", "@hash:000000000000 START:g\nx\nEND:g\ny\n", 3, 4, "z\n", NULL },
		{ "a hash too short", "@hash:73cb START:g\nx\nEND:g\n", 1, 2, "", "guards: START:g in lines 1 to 3 of f is broken already: its hash has 4 digits" },
		{ "a guard without an end", "@hash:73cb3858a687 START:g\nx\nEND:h\ny\n", 3, 4, "", "guards: START:g in lines 1 to 4 of f is broken already: nothing ends it" },
		{ "appended to one without an end", "@hash:73cb3858a687 START:g\nx\n", 2, 2, "y\n", "guards: START:g" },
		{ "no hash is no guard", "@hash:<hex> START:g\nx\nEND:g\n", 1, 2, "", NULL },
		{ "in XML", "<!-- @hash:73cb3858a687 START:g-->\nx\n<!--END:g-->\nb\n", 3, 4, "B\n", NULL },
		{ "inside of it in XML", "<!-- @hash:73cb3858a687 START:g-->\nx\n<!--END:g-->\nb\n", 1, 2, "B\n", "guards: START:g in lines 1 to 3 of f may" },
		{ "in SQL", "--@hash:73cb3858a687 START:g\nx\n--END:g\nb\n", 1, 2, "B\n", "guards: START:g in lines 1 to 3 of f may" },
		{ "a name that goes on is another", "@hash:73cb3858a687 START:g\nx\nEND:gg\nEND:g\n", 2, 3, "", "guards: START:g in lines 1 to 4" },
		{ "a protected line", KEPT, 2, 3, "z\n", "guards: PROTECTED-BEGIN:k in lines 2 to 5 of f may not be changed" },
		{ "outside of what is protected", KEPT, 5, 6, "z\n", NULL },
		{ "protected without a name", "PROTECTED-BEGIN\nx\nPROTECTED-END\ny\n", 1, 1, "z\n", "guards: PROTECTED-BEGIN in lines 1 to 3" },
		{ "behind what has no name", "PROTECTED-BEGIN\nx\nPROTECTED-END\ny\n", 3, 3, "z\n", NULL },
		{ "protected to the end of the file", "PROTECTED-BEGIN\nx\n", 2, 2, "z\n", "guards: PROTECTED-BEGIN in lines 1 to 2 of f is broken already: nothing ends it" },
		{ "regions in a region", "PROTECTED-BEGIN:a\nPROTECTED-BEGIN:b\nx\nPROTECTED-END:b\ny\nPROTECTED-END:a\n", 4, 5, "z\n", "guards: PROTECTED-BEGIN:a in lines 1 to 6" },
		{ "guards on one line", "int a; /* PROTECTED-BEGIN */ /* PROTECTED-END */\nb\n", 1, 2, "c\n", NULL },
		{ "that line", "int a; /* PROTECTED-BEGIN */ /* PROTECTED-END */\nb\n", 0, 1, "c\n", "guards: PROTECTED-BEGIN in lines 1 to 1" },
		{ "a longer word is none", "PROTECTED-BEGINNING\nx\n", 1, 2, "z\n", NULL },
		{ "an open last line gets its end", "PROTECTED-BEGIN\nPROTECTED-END", 2, 2, "\nz", NULL },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new("{}");
		size_t f = world_file(w, "f", rows[i].before, "");
		size_t k = world_edit(w, f, rows[i].from, rows[i].to,
		    rows[i].come, NULL);

		world_judge(w);
		world_is(w, k, ERR_GUARD_REGION, rows[i].want, rows[i].name);
		world_free(w);
	}
}

static void
test_guards_whole(void)
{
	static const struct {
		const char *name, *policy, *after;
		bool exists, fine;
	} rows[] = {
		{ "deleting a guarded file", "{}", NULL, false, false },
		{ "deleting it when guards are off", "{\"guards\":false}", NULL, false, true },
		{ "an edit after which no region is left", "{}", "a\nb\n", true, false },
		{ "an edit after which it says something else", "{}", "a\n// @hash:73cb3858a687 START:g\nX\n// END:g\nb\n", true, false },
		{ "an edit after which it is still there", "{}", "A\n" GUARDED, true, true },
		{ "one that makes it part of another", "{}", "PROTECTED-BEGIN\n" GUARDED, true, true },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new(rows[i].policy);
		size_t f = world_file(w, "f", GUARDED, rows[i].after);
		size_t k = world_op(w, OP_WRITE_FILE, "f", NULL, NULL);
		struct plan_touch *t = world_touch(w, k, f);

		if (rows[i].exists)
			world_hunk(w, t, 0, 1, "A\n");
		world_judge(w);
		world_is(w, k, ERR_GUARD_REGION, rows[i].fine ? NULL :
		    "guards: START:g in lines 2 to 4", rows[i].name);
		world_free(w);
	}
}

static void
test_guards_many(void)
{
	struct world *w = world_new("{}");
	struct buf b = BUF_INIT(MIB(1));
	size_t k;

	for (int i = 0; i <= GUARDS_MAX; i++)
		buf_adds(&b, "PROTECTED-BEGIN PROTECTED-END\n");
	k = world_edit(w, world_file(w, "f", "", ""), 0, 0,
	    arena_cstr(w->a, buf_str(&b)), NULL);
	world_judge(w);
	world_is(w, k, ERR_GUARD_REGION, "guards: f would have or has more "
	    "than 1000", "a file with too many guards is not made");
	buf_free(&b);
	world_free(w);
}

#define TEN "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

/* Edits of a, b and c, which have ten lines each. */
static void
test_limits(void)
{
	static const struct {
		const char *name, *policy;
		struct { size_t file, from, to; const char *come; } edit[3];
		const char *want[3];
	} rows[] = {
		{ "two of two files", "{\"maxFiles\":2}", { { 0, 0, 1, "" }, { 1, 0, 1, "" }, { 0, 2, 3, "" } }, { NULL, NULL, NULL } },
		{ "three of two files", "{\"maxFiles\":2}", { { 0, 0, 1, "" }, { 1, 0, 1, "" }, { 2, 2, 3, "" } }, { NULL, NULL, "maxFiles 2: with this operation the batch would have 3 files changed" } },
		{ "no file at all", "{\"maxFiles\":0}", { { 0, 0, 1, "" }, { 0, 1, 2, "" }, { 0, 2, 3, "" } }, { "maxFiles 0", "maxFiles 0", "maxFiles 0" } },
		{ "four lines of four", "{\"maxLines\":4}", { { 0, 0, 1, "A\n" }, { 0, 1, 1, "n\n" }, { 1, 2, 3, "" } }, { NULL, NULL, NULL } },
		{ "five lines of four", "{\"maxLines\":4}", { { 0, 0, 2, "A\n" }, { 0, 3, 4, "B\n" }, { 1, 2, 3, "" } }, { NULL, "maxLines 4: with this operation the batch would have 5 lines", NULL } },
		{ "the same lines do not count", "{\"maxLines\":2}", { { 0, 0, 4, "1\n2\n3\nX\n" }, { 1, 0, 2, "1\n2\n" }, { 1, 5, 7, "6\n7\n" } }, { NULL, NULL, NULL } },
		{ "six bytes of six", "{\"maxBytes\":6}", { { 0, 0, 1, "ab\n" }, { 1, 0, 1, "cd\n" }, { 2, 0, 9, "" } }, { NULL, NULL, NULL } },
		{ "seven bytes of six", "{\"maxBytes\":6}", { { 0, 0, 1, "ab\n" }, { 1, 0, 1, "cde\n" }, { 2, 0, 1, "" } }, { NULL, "maxBytes 6: with this operation the batch would have 7 bytes put in", NULL } },
		{ "half of a file", "{\"maxDeletedPercent\":50}", { { 0, 0, 5, "" }, { 1, 0, 5, "" }, { 2, 0, 1, "" } }, { NULL, NULL, NULL } },
		{ "more than half", "{\"maxDeletedPercent\":50}", { { 0, 0, 6, "" }, { 1, 0, 1, "" }, { 2, 0, 1, "" } }, { "maxDeletedPercent 50: 6 of the 10 lines of a would", NULL, NULL } },
		{ "more than half by parts", "{\"maxDeletedPercent\":50}", { { 0, 0, 3, "" }, { 0, 3, 6, "" }, { 0, 8, 9, "" } }, { NULL, "maxDeletedPercent 50: 6 of the 10", NULL } },
		{ "nothing may go", "{\"maxDeletedPercent\":0}", { { 0, 0, 0, "n\n" }, { 0, 1, 2, "" }, { 1, 0, 0, "n\n" } }, { NULL, "maxDeletedPercent 0: 1 of the 10", NULL } },
		{ "all of it may go", "{\"maxDeletedPercent\":100}", { { 0, 0, 10, "" }, { 1, 0, 10, "" }, { 2, 0, 10, "" } }, { NULL, NULL, NULL } },
		{ "two maxima at once", "{\"maxFiles\":0,\"maxBytes\":1}", { { 0, 0, 1, "xx\n" }, { 0, 1, 2, "" }, { 0, 2, 3, "" } }, { "maxFiles 0", "maxFiles 0", "maxFiles 0" } },
		{ "what a path rule refuses is not counted", "{\"maxFiles\":1,\"deny\":[\"a\"]}", { { 0, 0, 1, "" }, { 1, 0, 1, "" }, { 2, 0, 1, "" } }, { "deny[0]", NULL, "maxFiles 1" } },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new(rows[i].policy);

		for (const char *const *path = abc; *path; path++)
			world_file(w, *path, TEN, TEN);
		for (size_t k = 0; k < 3; k++)
			world_edit(w, rows[i].edit[k].file,
			    rows[i].edit[k].from, rows[i].edit[k].to,
			    rows[i].edit[k].come, NULL);
		world_judge(w);
		for (size_t k = 0; k < 3; k++) {
			const char *want = rows[i].want[k];

			world_is(w, k, want && *want == 'd' ? ERR_PATH_DENIED :
			    ERR_POLICY_DENIED, want, rows[i].name);
		}
		world_free(w);
	}
}

/* A file that goes, and one that comes with its text. */
static void
test_moves(void)
{
	static const struct { const char *name, *after, *want; } rows[] = {
		{ "a moved text is neither removed nor added", TEN, NULL },
		{ "one that changes on the way is both", "1\n", "maxDeletedPercent 50: 10 of the 10" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct world *w = world_new("{\"maxLines\":0,\"maxBytes\":0,"
		    "\"maxDeletedPercent\":50,\"maxFiles\":2}");
		size_t k = world_op(w, OP_MOVE, "a", "b", NULL);
		size_t a = world_file(w, "a", TEN, NULL);
		size_t b = world_file(w, "b", NULL, rows[i].after);

		world_hunk(w, world_touch(w, k, a), 0, 10, "");
		world_hunk(w, world_touch(w, k, b), 0, 0, rows[i].after);
		world_judge(w);
		world_is(w, k, ERR_POLICY_DENIED, rows[i].want, rows[i].name);
		world_free(w);
	}
}

/* One operation breaks three rules, and all are told. */
static void
test_all_verdicts(void)
{
	struct world *w = world_new("{\"operations\":[\"create\"]}");
	size_t k = world_edit(w, world_file(w, "f", GUARDED, ""), 2, 3, "z\n",
	    NULL);
	const struct err *e = &w->plan.results[k].err;

	world_judge(w);
	is_int(e->kind, ERR_OP_DENIED, "the operation");
	ok(e->next && e->next->kind == ERR_GUARD_REGION, "the guard");
	ok(w->plan.refused, "the plan is refused");
	world_free(w);
	w = world_new("{\"deny\":[\"f\"],\"operations\":[\"create\"]}");
	k = world_edit(w, world_file(w, "f", GUARDED, ""), 2, 3, "z\n", NULL);
	e = &w->plan.results[k].err;
	world_judge(w);
	ok(e->kind == ERR_OP_DENIED && e->next &&
	    e->next->kind == ERR_PATH_DENIED && !e->next->next,
	    "of a denied file no more than that it is denied");
	world_free(w);
}

int
main(void)
{
	test_paths();
	test_block_files();
	test_tasks_folder();
	test_many_paths();
	test_refused();
	test_guards();
	test_guards_whole();
	test_guards_many();
	test_limits();
	test_moves();
	test_all_verdicts();
	return done_testing();
}
