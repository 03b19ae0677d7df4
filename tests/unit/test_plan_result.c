/* What a plan tells besides the text: lines touched, refusals that come later,
 * limits, versions that nobody knows. */
#include "edit_ops.h"

/* "0-1 3-3": what operation k does, in lines of the file before the batch. */
static struct str
spans_of(struct fixture *fx, const struct plan *p, size_t k)
{
	const struct plan_result *r = &p->results[k];
	struct str s = STR("");

	for (size_t i = 0; i < r->n_touches; i++)
		for (size_t j = 0; j < r->touches[i].script.n; j++)
			s = arena_fmt(fx->a, "%.*s%s%zu-%zu", STR_ARG(s),
			    s.len ? " " : "", r->touches[i].lines[j].from,
			    r->touches[i].lines[j].to);
	return s;
}

static void
test_spans(void)
{
	static const struct {
		const char *name, *before;
		struct patch_op ops[3];
		enum coordinates coordinates;
		const char *spans[3];
	} rows[] = {
		{ "lines of the file before", "1\n2\n3\n4\n",
		    { AFTER(1, "a\nb\n"), REPLACE(3, 4, "c\n") }, COORD_BASE,
		    { "1-1", "2-4" } },
		{ "also when lines have come since", "1\n2\n3\n4\n",
		    { AFTER(1, "a\nb\n"), REPLACE(5, 6, "c\n") },
		    COORD_SEQUENTIAL, { "1-1", "2-4" } },
		{ "what was put in is a point", "1\n2\n",
		    { AFTER(1, "a\nb\n"), REPLACE(2, 3, "c\n") },
		    COORD_SEQUENTIAL, { "1-1", "1-1" } },
		{ "around what was put in", "1\n2\n3\n",
		    { AFTER(1, "a\n"), REPLACE(1, 3, "c\n") },
		    COORD_SEQUENTIAL, { "1-1", "0-2" } },
		{ "a part of a line is that line", "one\ntwo\n",
		    { { .op = OP_SEARCH_REPLACE, .search = S("w"),
		    .replace = S("x"), .occurrence = OCCURRENCE_UNIQUE } },
		    COORD_BASE, { "1-2" } },
		{ "a last line without end goes with the end it got", "1\n2",
		    { APPEND("3\n"), REPLACE(2, 2, "x") }, COORD_BASE,
		    { "2-2", "1-2" } },
		{ "a file that is removed goes whole", "1\n2\n", { DELETE },
		    COORD_BASE, { "0-2" } },
		{ "a file that the batch made has no lines before", NULL,
		    { CREATE("1\n2\n"), REPLACE(2, 2, "x\n") },
		    COORD_SEQUENTIAL, { "0-0", "0-0" } },
		{ "a file made anew stands for all it was", "1\n2\n3\n",
		    { DELETE, CREATE("1\n"), APPEND("2\n") },
		    COORD_SEQUENTIAL, { "0-3", "0-3", "0-3" } },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct fixture fx = fixture_new();
		struct patch_op ops[countof(rows[i].ops)];
		struct patch_batch b = { .atomic = true, .ops = ops,
		    .coordinates = rows[i].coordinates };
		struct plan p;

		if (rows[i].before)
			fixture_put(&fx, "f", str(rows[i].before));
		while (b.n_ops < countof(ops) && rows[i].ops[b.n_ops].op) {
			ops[b.n_ops] = rows[i].ops[b.n_ops];
			ops[b.n_ops++].file = STR("f");
		}
		p = fixture_plan(&fx, &b);
		for (size_t k = 0; k < p.n_results; k++)
			is_str(spans_of(&fx, &p, k), rows[i].spans[k],
			    "%s: operation %zu", rows[i].name, k);
		fixture_free(&fx);
	}
}

/* Somebody has a say when the plan is made. */
static void
test_refuse(bool atomic)
{
	struct fixture fx = fixture_new();
	struct patch_op ops[] = { REPLACE(1, 1, "x\n"), BEFORE(1, "0\n"),
	    APPEND("3\n") };
	struct patch_batch b = { .atomic = atomic, .ops = ops,
	    .n_ops = countof(ops), .coordinates = COORD_SEQUENTIAL };
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct err e = { 0 };
	struct plan p;

	for (size_t i = 0; i < countof(ops); i++)
		ops[i].file = STR("f");
	fixture_put(&fx, "f", STR("1\n2\n"));
	is_int(plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e), 0, "planned");
	err_set(&e, ERR_POLICY_DENIED, "no");
	plan_refuse(&p, 1, &e);
	is_int(plan_finish(&p, &e), 0, "finished");
	is_int(p.results[1].status, PLAN_REFUSED, "one is refused later");
	is_str(str(p.results[1].err.at), "/patches/1", "and is named");
	ok(p.results[1].diff.len == 0 && p.results[1].lines_added == 0,
	    "nothing of it is left");
	if (atomic) {
		is_int(p.n_files, 0, "atomic: nothing is done");
		is_int(p.results[2].status, PLAN_NOT_APPLIED, "nor the others");
	} else {
		is_str(p.files[0].after, "x\n2\n3\n",
		    "not atomic: the rest is computed without it");
		is_str(p.results[2].diff, "diff --git a/f b/f\n--- a/f\n"
		    "+++ b/f\n@@ -1,2 +1,3 @@\n x\n 2\n+3\n",
		    "and so are the diffs behind it");
	}
	fixture_free(&fx);
}

static void
test_limits(void)
{
	struct fixture fx = fixture_new();
	struct patch_op op = APPEND("34\n");
	struct patch_batch b = { .atomic = true, .ops = &op, .n_ops = 1 };
	struct plan_limits limits = { 6, 0 };
	struct err e;
	struct plan p;

	op.file = STR("f");
	fixture_put(&fx, "f", STR("12\n"));
	plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e);
	is_int(p.results[0].status, PLAN_OK, "a file up to the limit");
	limits.file_bytes = 5;
	plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e);
	is_int(p.results[0].err.kind, ERR_LIMIT_EXCEEDED, "a byte more");
	is_str(str(p.results[0].err.at), "/patches/0", "is told");
	limits.file_bytes = 2;
	plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e);
	is_int(p.results[0].err.kind, ERR_LIMIT_EXCEEDED,
	    "a file that is too large to read");
	op = (struct patch_op)CREATE("123\n");
	op.file = STR("g");
	plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e);
	is_int(p.results[0].err.kind, ERR_LIMIT_EXCEEDED,
	    "a file that would be made too large");
	b.n_ops = 0;
	is_int(plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e), -1,
	    "a batch without operations");
	fixture_free(&fx);
}

/* Where the text that is shown begins in the file as it is. */
static void
test_current_line(void)
{
	static const struct {
		const char *name;
		struct str before;
		const char *text;
		int64_t start;
		int64_t line;
	} rows[] = {
		{ "the first line", S("1\n2\n3\n4\n5\n"), "1\n2\n3\n4\n",
		    1, 1 },
		{ "less than three lines before", S("1\n2\n3\n4\n5\n6\n7\n"),
		    "1\n2\n3\n4\n5\n6\n", 3, 1 },
		{ "three lines before", S("1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
		    "2\n3\n4\n5\n6\n7\n8\n", 5, 2 },
		{ "the last line, open", S("1\n2\n3\n4\n5\n6"),
		    "3\n4\n5\n6", 6, 3 },
		{ "beyond the end", S("1\n2\n3\n4\n5\n"), "3\n4\n5\n",
		    9, 3 },
		{ "an empty file", S(""), "", 1, 1 },
		{ "a binary file has no text", S("a\nb\n\0c\n"), NULL,
		    1, 0 },
		{ "no file", STR_NONE, NULL, 1, 0 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct fixture fx = fixture_new();
		struct base_version base = { STR("f"), STR_NONE };
		struct patch_op op = REPLACE(rows[i].start, rows[i].start,
		    "x\n");
		struct patch_batch b = { .atomic = true, .ops = &op,
		    .n_ops = 1, .base = &base, .n_base = 1 };
		struct plan p;

		op.file = STR("f");
		base.sha256 = sha256_hex(fx.a, sha256_of(STR("other")));
		if (rows[i].before.p)
			fixture_put(&fx, "f", rows[i].before);
		p = fixture_plan(&fx, &b);
		is_int(p.results[0].err.kind, ERR_STALE_BASE, "%s: refused",
		    rows[i].name);
		is_int(p.results[0].current_line, rows[i].line, "%s: line",
		    rows[i].name);
		is_str(p.results[0].current_text, rows[i].text, "%s: text",
		    rows[i].name);
		fixture_free(&fx);
	}
}

/* What a store may answer: a history that does not lead to that version, none,
 * or a fault. */
static int
no_history(void *ctx, struct arena *a, struct str path, struct sha256 base,
    struct sha256 current, struct history *out, struct str *why, struct err *e)
{
	int answer = *(int *)ctx;

	(void)path;
	(void)base;
	(void)current;
	*out = (struct history){ arena_new_of(a, struct script),
	    arena_new_of(a, struct str), answer > 0 };
	*out->patch_ids = STR("p");
	if (answer > 0)
		script_insert(a, out->steps, 0, &(struct hunk){ 0,
		    STR("lost\n"), { NULL, 2 }, 0 });
	*why = STR("it was never seen");
	return answer < 0 ? err_set(e, ERR_STORE_FAILED, "no store") : answer;
}

static void
test_versions(void)
{
	static const struct {
		int answer;
		enum err_kind kind;
		const char *detail;
	} rows[] = {
		{ 0, ERR_STALE_BASE, "f is not at the version named by base, "
		    "and it was never seen" },
		{ 1, ERR_STALE_BASE, "f is not at the version named by base, "
		    "and what was recorded of it does not lead there" },
		{ -1, ERR_STORE_FAILED, "no store" },
	};
	struct fixture fx = fixture_new();
	struct base_version base = { STR("f"), STR_NONE };
	struct patch_op op = APPEND("x\n");
	struct patch_batch b = { .atomic = true, .ops = &op, .n_ops = 1,
	    .base = &base, .n_base = 1 };
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct err e = { 0 };
	struct plan p;

	op.file = STR("f");
	base.sha256 = sha256_hex(fx.a, sha256_of(STR("other")));
	fixture_put(&fx, "f", STR("1\n"));
	for (size_t i = 0; i < countof(rows); i++) {
		int answer = rows[i].answer;
		struct plan_versions versions = { .ctx = &answer,
		    .since = no_history };

		plan_make(fx.a, fx.ws, &b, &limits, &versions, &p, &e);
		is_int(p.results[0].err.kind, rows[i].kind, "answer %d", answer);
		is_str(str(p.results[0].err.detail), rows[i].detail,
		    "answer %d: told", answer);
	}
	fixture_free(&fx);
}

int
main(void)
{
	test_spans();
	test_refuse(true);
	test_refuse(false);
	test_limits();
	test_current_line();
	test_versions();
	return done_testing();
}
