/* Batches of many hunks, many files and large ones: they come out right, and
 * what would take minutes is refused. */
#include "edit_ops.h"

#define HITS 100000
#define FILES 60
#define LINES 8000
#define LOOKS 400

static void
repeat(struct buf *out, const char *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(out, what);
}

/* A hundred thousand hunks among those of other operations. */
static void
test_hits(void)
{
	struct patch_op ops[] = { AFTER(10, "X\n"),
	    { .op = OP_SEARCH_REPLACE, .search = S("a"), .replace = S("bb"),
	    .occurrence = OCCURRENCE_ALL }, BEFORE(20, "Y\n"),
	    REPLACE(30, 30, "no\n"), PREPEND("P\n"), APPEND("Z") };
	struct patch_batch b = { .ops = ops, .n_ops = countof(ops) };
	struct fixture fx = fixture_new();
	struct buf text = BUF_INIT(MIB(4)), want = BUF_INIT(MIB(4));
	struct plan p;

	repeat(&text, "a\n", HITS);
	buf_adds(&want, "P\n");
	repeat(&want, "bb\n", 10);
	buf_adds(&want, "X\n");
	repeat(&want, "bb\n", 9);
	buf_adds(&want, "Y\n");
	repeat(&want, "bb\n", HITS - 19);
	buf_adds(&want, "Z");
	fixture_put(&fx, "f", buf_str(&text));
	for (size_t k = 0; k < b.n_ops; k++)
		ops[k].file = STR("f");
	p = fixture_plan(&fx, &b);
	ok(p.n_files == 1 && str_eq(p.files[0].after, buf_str(&want)),
	    "%d hits between other edits", HITS);
	is_str(str(p.results[3].err.detail), "Operations 1 and 3 edit the same "
	    "lines", "the one that meets them");
	buf_free(&text);
	buf_free(&want);
	fixture_free(&fx);
}

/* One diff of many files, the last one first; all of their lines change. */
static void
test_files(void)
{
	struct fixture fx = fixture_new();
	struct buf diff = BUF_INIT(MIB(64)), text = BUF_INIT(MIB(4));
	struct patch_op op = { .op = OP_UNIFIED_DIFF };
	struct patch_batch b = { .atomic = true, .ops = &op, .n_ops = 1 };
	struct plan p;
	bool sorted = true;

	repeat(&text, "123456789012345678\n", LINES);
	for (size_t i = FILES; i-- > 0;) {
		char name[24];

		snprintf(name, sizeof(name), "f%02zu", i);
		fixture_put(&fx, name, buf_str(&text));
		buf_addf(&diff, "--- a/%s\n+++ b/%s\n@@ -1,%d +1,%d @@\n",
		    name, name, LINES, LINES);
		repeat(&diff, "-123456789012345678\n", LINES);
		repeat(&diff, "+x\n", LINES);
	}
	op.block = buf_str(&diff);
	p = fixture_plan(&fx, &b);
	ok(!p.refused && p.n_files == FILES, "a diff of %d files", FILES);
	ok(p.results[0].lines_removed == FILES * LINES,
	    "its own diff has them all");
	for (size_t i = 0; i < p.results[0].n_touches; i++)
		sorted &= p.results[0].touches[i].file == i;
	ok(sorted && p.results[0].n_touches == FILES, "in path order");
	buf_free(&diff);
	buf_free(&text);
	fixture_free(&fx);
}

/* Each looks through all of a large file, in vain. */
static void
test_looks(void)
{
	struct patch_op ops[LOOKS];
	struct patch_batch b = { .ops = ops, .n_ops = LOOKS };
	struct fixture fx = fixture_new();
	struct buf text = BUF_INIT(MIB(16));
	const struct err *first, *last;
	struct plan p;

	repeat(&text, "1234567\n", MIB(15) / 8);
	fixture_put(&fx, "f", buf_str(&text));
	for (size_t k = 0; k < LOOKS; k++)
		ops[k] = (struct patch_op){ .op = OP_DELETE_BLOCK,
		    .file = STR("f"), .start = -1, .end = -1,
		    .marker = STR("A") };
	p = fixture_plan(&fx, &b);
	first = &p.results[0].err;
	last = &p.results[LOOKS - 1].err;
	is_int(first->kind, ERR_ANCHOR_MISSING, "the first look");
	is_int(last->kind, ERR_LIMIT_EXCEEDED, "one too many");
	is_str(str(last->at), "/patches/399", "where that is");
	buf_free(&text);
	fixture_free(&fx);
}

/* Patches name more files than a batch may have operations. */
static void
test_names(void)
{
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct buf diff = BUF_INIT(MIB(4));
	struct patch_op op = { .op = OP_UNIFIED_DIFF };
	struct patch_batch b = { .ops = &op, .n_ops = 1 };
	struct fixture fx = fixture_new();
	struct err e = { 0 };
	struct plan p;

	for (int i = 0; i <= BATCH_MAX_FILES; i++)
		buf_addf(&diff, "--- /dev/null\n+++ b/%d\n@@ -0,0 +1 @@\n+x\n",
		    i);
	op.block = buf_str(&diff);
	is_int(plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e), -1,
	    "a diff of %d files", BATCH_MAX_FILES + 1);
	is_int(e.kind, ERR_LIMIT_EXCEEDED, "why");
	is_str(str(e.at), "/patches", "where that is");
	buf_free(&diff);
	fixture_free(&fx);
}

int
main(void)
{
	test_hits();
	test_files();
	test_looks();
	test_names();
	return done_testing();
}
