#include "edit_ops.h"

/* One file "f", some operations, what becomes of it.  after NULL: refused with
 * that error at that place. */
struct row {
	const char *name, *before;		/* before NULL: no file */
	struct patch_op ops[4];			/* up to the first OP_NONE */
	const char *after;
	enum err_kind kind;
	const char *at;
	enum coordinates coordinates;
	enum eol_rule eol;
};

static const struct row rows[] = {
	/* the bytes around the span */
	{ "first line", "a\nb\n", { BEFORE(1, "x\n") }, .after = "x\na\nb\n" },
	{ "a block without a line end is not glued on", "a\nb\n",
	    { BEFORE(2, "x") }, .after = "a\nx\nb\n" },
	{ "replace in the middle", "a\nb\nc\n", { REPLACE(2, 2, "x") },
	    .after = "a\nx\nc\n" },
	{ "replace all, end as given", "a\nb\n", { REPLACE(1, 2, "x") }, .after = "x" },
	{ "an empty block deletes", "a\nb\nc\n", { REPLACE(1, 2, "") }, .after = "c\n" },
	{ "delete everything", "a\n", { REPLACE(1, 1, "") }, .after = "" },
	{ "blank lines of a block stay", "a\n", { AFTER(1, "\n\nx\n\n") },
	    .after = "a\n\n\nx\n\n" },
	{ "after an open last line", "a\nb", { AFTER(2, "x\n") }, .after = "a\nb\nx\n" },
	{ "append to an open last line", "a", { APPEND("x") }, .after = "a\nx" },
	{ "an empty append leaves it open", "a", { APPEND("") }, .after = "a" },
	{ "append to CRLF", "a\r\nb", { APPEND("x\n") }, .after = "a\r\nb\r\nx\r\n" },
	{ "CRLF stays CRLF", "a\r\nb\r\n", { REPLACE(1, 1, "x\ny") },
	    .after = "x\r\ny\r\nb\r\n" },
	{ "eol keep", "a\r\nb\r\n", { REPLACE(1, 1, "x\ny\n") },
	    .after = "x\ny\nb\r\n", .eol = EOL_KEEP },
	{ "mixed ends are left alone", "a\r\nb\n", { AFTER(1, "x\n") },
	    .after = "a\r\nx\nb\n" },
	{ "bytes that are no UTF-8", "\xff\n\xc3\n", { AFTER(1, "x") },
	    .after = "\xff\nx\n\xc3\n" },
	{ "the mark stays in front", "\xef\xbb\xbf" "a\n", { PREPEND("x") },
	    .after = "\xef\xbb\xbf" "x\na\n" },
	{ "the mark is not doubled", "\xef\xbb\xbf" "a\n",
	    { REPLACE(1, 1, "\xef\xbb\xbfx\n") }, .after = "\xef\xbb\xbfx\n" },
	{ "open space", "a\nb\n", { { .op = OP_REPLACE_BLOCK, .start = 1,
	    .end = 1, .block = S("x"), .open_space = true } },
	    .after = "x\n\n\n\nb\n" },
	{ "the same text", "a\nb\n", { REPLACE(1, 2, "a\nb\n") }, .after = "a\nb\n" },
	/* positions */
	{ "line 0", "a\n", { BEFORE(0, "x") }, .kind = ERR_OUT_OF_RANGE,
	    .at = "/patches/0/line" },
	{ "line past the end", "a\n", { AFTER(2, "x") },
	    .kind = ERR_OUT_OF_RANGE, .at = "/patches/0/line" },
	{ "start after end", "a\nb\n", { REPLACE(2, 1, "x") },
	    .kind = ERR_OUT_OF_RANGE, .at = "/patches/0/start" },
	{ "start 0", "a\nb\n", { REPLACE(0, 1, "x") },
	    .kind = ERR_OUT_OF_RANGE, .at = "/patches/0/start" },
	{ "end past the end", "a\nb\n", { REPLACE(2, 3, "x") },
	    .kind = ERR_OUT_OF_RANGE, .at = "/patches/0/end" },
	{ "an enormous line", "a\n", { REPLACE(INT64_MAX, INT64_MAX, "x") },
	    .kind = ERR_OUT_OF_RANGE, .at = "/patches/0/start" },
	{ "an empty file has no line 1", "", { BEFORE(1, "x") },
	    .kind = ERR_OUT_OF_RANGE, .at = "/patches/0/line" },
	{ "an empty file can be appended to", "", { APPEND("x") }, .after = "x" },
	/* several operations, lines of the file before the batch */
	{ "numbers do not shift", "1\n2\n3\n4\n",
	    { AFTER(1, "a\nb"), REPLACE(3, 3, "c"), BEFORE(4, "d") },
	    .after = "1\na\nb\n2\nc\nd\n4\n" },
	{ "later lines first", "1\n2\n3\n",
	    { REPLACE(3, 3, "c\n"), REPLACE(1, 1, ""), AFTER(2, "b") },
	    .after = "2\nb\nc\n" },
	{ "one point keeps the order", "1\n2\n",
	    { AFTER(1, "a"), BEFORE(2, "b"), AFTER(1, "c") },
	    .after = "1\na\nb\nc\n2\n" },
	{ "prepends keep the order", "1\n", { PREPEND("a"), PREPEND("b") },
	    .after = "a\nb\n1\n" },
	{ "appends keep the order", "1", { APPEND("a"), APPEND("b") },
	    .after = "1\na\nb" },
	{ "edges of a replaced span", "1\n2\n3\n",
	    { REPLACE(2, 2, "x"), BEFORE(2, "a"), AFTER(2, "b") },
	    .after = "1\na\nx\nb\n3\n" },
	{ "inside of a replaced span", "1\n2\n3\n",
	    { REPLACE(1, 2, "x"), AFTER(1, "a") },
	    .kind = ERR_OVERLAP, .at = "/patches/1" },
	{ "a span around an insertion", "1\n2\n3\n",
	    { AFTER(1, "a"), REPLACE(1, 2, "x") },
	    .kind = ERR_OVERLAP, .at = "/patches/1" },
	{ "overlapping spans", "1\n2\n3\n",
	    { REPLACE(1, 2, "x"), REPLACE(2, 3, "y") },
	    .kind = ERR_OVERLAP, .at = "/patches/1" },
	{ "spans side by side", "1\n2\n3\n",
	    { REPLACE(2, 3, "y\n"), REPLACE(1, 1, "x") }, .after = "x\ny\n" },
	{ "an empty file has two ends", "",
	    { APPEND("b"), PREPEND("a"), APPEND("c") }, .after = "a\nb\nc" },
	/* several operations, each after the ones before */
	{ "numbers shift", "1\n2\n", { BEFORE(1, "a"), REPLACE(1, 2, "b") },
	    .after = "b\n2\n", .coordinates = COORD_SEQUENTIAL },
	{ "prepends turn round", "1\n", { PREPEND("a"), PREPEND("b") },
	    .after = "b\na\n1\n", .coordinates = COORD_SEQUENTIAL },
	{ "created, then edited", NULL,
	    { CREATE("1\n2\n"), REPLACE(2, 2, "x\n"), BEFORE(1, "0") },
	    .after = "0\n1\nx\n", .coordinates = COORD_SEQUENTIAL },
	{ "deleted, then created", "1\n", { DELETE, CREATE("2\n") }, .after = "2\n",
	    .coordinates = COORD_SEQUENTIAL },
	{ "deleted, then edited", "1\n", { DELETE, AFTER(1, "2\n") },
	    .kind = ERR_FILE_MISSING, .at = "/patches/1/file",
	    .coordinates = COORD_SEQUENTIAL },
	/* whole files */
	{ "create", NULL, { CREATE("a") }, .after = "a" },
	{ "create nothing", NULL, { CREATE("") }, .after = "" },
	{ "create over a file", "a", { CREATE("b") }, .kind = ERR_EXISTS,
	    .at = "/patches/0/file" },
	{ "create twice", NULL, { CREATE("a"), CREATE("b") },
	    .kind = ERR_EXISTS, .at = "/patches/1/file" },
	{ "append makes the file", NULL, { APPEND("a"), APPEND("b\n") },
	    .after = "a\nb\n" },
	{ "created, both ends", NULL,
	    { CREATE("m\n"), APPEND("z"), PREPEND("a") }, .after = "a\nm\nz" },
	{ "lines of a file that was not there", NULL,
	    { CREATE("m\n"), REPLACE(1, 1, "x") },
	    .kind = ERR_FILE_MISSING, .at = "/patches/1/file" },
	{ "a missing file", NULL, { REPLACE(1, 1, "x") },
	    .kind = ERR_FILE_MISSING, .at = "/patches/0/file" },
	{ "delete a missing file", NULL, { DELETE }, .kind = ERR_FILE_MISSING,
	    .at = "/patches/0/file" },
	{ "delete and edit", "a\n", { DELETE, APPEND("b") },
	    .kind = ERR_OVERLAP, .at = "/patches/1/file" },
	{ "edit and delete", "a\n", { APPEND("b"), DELETE },
	    .kind = ERR_OVERLAP, .at = "/patches/1/file" },
	{ "a mode that is none", NULL, { { .op = OP_CREATE, .mode = 04755,
	    .block = S("a") } }, .kind = ERR_INVALID, .at = "/patches/0/mode" },
	/* blocks and expectations */
	{ "no block", "a\n", { { .op = OP_APPEND } }, .kind = ERR_INVALID,
	    .at = "/patches/0/block" },
	{ "two blocks", "a\n", { { .op = OP_APPEND, .block = S("x"),
	    .block_file = S("f") } }, .kind = ERR_INVALID,
	    .at = "/patches/0/block" },
	{ "a block file", "a\n", { { .op = OP_APPEND, .block_file = S("f") } },
	    .after = "a\na\n" },
	{ "a block file outside", "a\n", { { .op = OP_APPEND,
	    .block_file = S("../f") } }, .kind = ERR_PATH_ESCAPE,
	    .at = "/patches/0/blockFile" },
	{ "a missing block file", "a\n", { { .op = OP_APPEND,
	    .block_file = S("g") } }, .kind = ERR_FILE_MISSING,
	    .at = "/patches/0/blockFile" },
	{ "expected text", "a\nb\n", { { .op = OP_REPLACE_BLOCK, .start = 2,
	    .end = 2, .expect = S("b"), .block = S("x\n") } }, .after = "a\nx\n" },
	{ "other text", "a\nb\n", { { .op = OP_REPLACE_BLOCK, .start = 2,
	    .end = 2, .expect = S("B"), .block = S("x\n") } },
	    .kind = ERR_STALE_BASE, .at = "/patches/0/expect" },
	{ "blanks at the end count", "a \n", { { .op = OP_REPLACE_BLOCK,
	    .start = 1, .end = 1, .expect = S("a"), .block = S("x") } },
	    .kind = ERR_STALE_BASE, .at = "/patches/0/expect" },
	{ "expected in LF, there in CRLF", "a\r\nb\r\n",
	    { { .op = OP_REPLACE_BLOCK, .start = 1, .end = 2,
	    .expect = S("a\nb\n"), .block = S("x\n") } }, .after = "x\r\n" },
	{ "an insertion expects its line", "a\nb\n", { { .op = OP_INSERT_AFTER,
	    .line = 1, .expect = S("a\n"), .block = S("x") } }, .after = "a\nx\nb\n" },
	{ "the hash of a span", "a\nb\n", { { .op = OP_INSERT_BEFORE,
	    .line = 1, .block = S("x"), .expect_sha256 = S("87428fc522803d31065"
	    "e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7") } },
	    .after = "x\na\nb\n" },
	{ "another hash", "a\nb\n", { { .op = OP_INSERT_BEFORE,
	    .line = 2, .block = S("x"), .expect_sha256 = S("87428fc522803d31065"
	    "e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7") } },
	    .kind = ERR_STALE_BASE, .at = "/patches/0/expectSha256" },
	{ "a hash that is none", "a\n", { { .op = OP_INSERT_BEFORE,
	    .line = 1, .block = S("x"), .expect_sha256 = S("12") } },
	    .kind = ERR_INVALID, .at = "/patches/0/expectSha256" },
	{ "expectations are of the file before", "a\nb\n",
	    { REPLACE(1, 1, "x\n"), { .op = OP_INSERT_AFTER, .line = 1,
	    .expect = S("a"), .block = S("y") } }, .after = "x\ny\nb\n" },
	{ "or of what is left", "a\nb\n",
	    { REPLACE(1, 1, "x\n"), { .op = OP_INSERT_AFTER, .line = 1,
	    .expect = S("x"), .block = S("y") } }, .after = "x\ny\nb\n",
	    .coordinates = COORD_SEQUENTIAL },
	{ "delete another version", "a\n", { { .op = OP_DELETE_FILE,
	    .base_sha256 = S("00000000000000000000000000000000000000000000000000"
	    "00000000000000") } }, .kind = ERR_STALE_BASE,
	    .at = "/patches/0/baseSha256" },
};

static struct patch_batch
batch_of(struct fixture *fx, const struct row *row, struct patch_op *ops)
{
	struct patch_batch b = { .atomic = true, .ops = ops,
	    .coordinates = row->coordinates, .eol = row->eol };

	if (row->before)
		fixture_put(fx, "f", str(row->before));
	while (b.n_ops < countof(row->ops) && row->ops[b.n_ops].op) {
		ops[b.n_ops] = row->ops[b.n_ops];
		ops[b.n_ops].file = STR("f");
		b.n_ops++;
	}
	return b;
}

static void
check_row(const struct row *row)
{
	struct fixture fx = fixture_new();
	struct patch_op ops[countof(row->ops)];
	struct patch_batch b = batch_of(&fx, row, ops);
	struct plan p = fixture_plan(&fx, &b);
	const struct plan_result *bad = NULL;

	for (size_t k = 0; k < p.n_results; k++)
		if (p.results[k].status == PLAN_REFUSED)
			bad = &p.results[k];
	if (!row->after) {
		ok(p.refused && bad && p.n_files == 0, "%s: refused", row->name);
		if (!bad)
			goto out;
		is_str(str(err_row(bad->err.kind)->code),
		    err_row(row->kind)->code, "%s: as it should", row->name);
		is_str(str(bad->err.at), row->at, "%s: there", row->name);
	} else {
		if (bad)
			printf("# %s: %s\n", row->name, bad->err.detail);
		is_str(p.n_files ? p.files[0].after : fixture_get(&fx, "f"),
		    row->after, "%s", row->name);
	}
out:
	fixture_free(&fx);
}

static void
test_stale(void)
{
	struct fixture fx = fixture_new();
	struct base_version base = { STR("f"), str("00000000000000000000000000"
	    "00000000000000000000000000000000000000") };
	struct patch_op op = REPLACE(5, 5, "x\n");
	struct patch_batch b = { .atomic = true, .ops = &op, .n_ops = 1,
	    .base = &base, .n_base = 1 };
	struct plan_limits limits = { FILE_DEFAULT_BYTES, 3 };
	struct err e = { 0 };
	struct plan p;

	op.file = STR("f");
	fixture_put(&fx, "f", STR("1\n2\n3\n\xff\n5\n6\n7\n8\n9\n"));
	p = fixture_plan(&fx, &b);
	is_int(p.results[0].err.kind, ERR_STALE_BASE, "another base version");
	is_str(str(p.results[0].err.at), "/base/f", "is told there");
	is_str(p.results[0].current_text, "2\n3\n\xef\xbf\xbd\n5\n6\n7\n8\n",
	    "with the lines around, as UTF-8");
	is_str(p.results[0].current_sha256, sha256_hex(fx.a,
	    sha256_of(fixture_get(&fx, "f"))).p, "and the hash of now");
	base.sha256 = p.results[0].current_sha256;
	p = fixture_plan(&fx, &b);
	ok(!p.refused && p.n_files == 1, "the right version is edited");
	base.path = STR("a/b~c");
	is_int(plan_make(fx.a, fx.ws, &b, &limits, NULL, &p, &e), -1,
	    "a base version of a file not edited counts too");
	is_str(str(e.at), "/base/a~1b~0c", "and is pointed at");
	fixture_free(&fx);
}

static void
test_not_atomic(void)
{
	struct fixture fx = fixture_new();
	struct patch_op ops[] = { REPLACE(1, 1, "x"), REPLACE(9, 9, "y"),
	    APPEND("z"), CREATE("n") };
	struct patch_batch b = { .ops = ops, .n_ops = countof(ops) };
	struct plan p;

	for (size_t i = 0; i < countof(ops); i++)
		ops[i].file = STR("f");
	ops[3].file = STR("d/n");
	fixture_put(&fx, "f", STR("1\n2\n"));
	p = fixture_plan(&fx, &b);
	ok(p.refused && p.results[1].status == PLAN_REFUSED, "one is refused");
	ok(p.results[0].status == PLAN_OK && p.results[2].status == PLAN_OK &&
	    p.results[3].status == PLAN_OK, "the others are not");
	is_int(p.n_files, 2, "two files change");
	is_str(p.files[0].path, "d/n", "in path order");
	is_str(p.files[1].after, "x\n2\nz", "by the others");
	ok(!p.results[3].before_sha256.p && p.results[3].after_sha256.p,
	    "a new file has no hash before");
	b.atomic = true;
	p = fixture_plan(&fx, &b);
	ok(p.n_files == 0, "atomic: no file changes");
	is_int(p.results[0].status, PLAN_NOT_APPLIED, "the others are told so");
	is_int(p.results[0].err.kind, ERR_NOT_APPLIED, "with a reason");
	ok(p.results[0].diff.len == 0 && !p.results[0].after_sha256.p,
	    "and without a diff");
	ok(!fixture_has(&fx, ".patchwarden"), "planning writes nothing");
	fixture_free(&fx);
}

static void
test_refused_files(void)
{
	struct fixture fx = fixture_new();
	struct patch_op ops[] = { APPEND("x"), DELETE, CREATE("x"), CREATE("y"),
	    CREATE("z") };
	static const char *const files[] = { "bin", "bin", "a", "a/b", "bin/c" };
	struct patch_batch b = { .ops = ops, .n_ops = countof(ops) };
	struct plan p;

	for (size_t i = 0; i < countof(ops); i++)
		ops[i].file = str(files[i]);
	fixture_put(&fx, "bin", str_n("a\0b\n", 4));
	p = fixture_plan(&fx, &b);
	is_int(p.results[0].err.kind, ERR_BINARY_FILE, "lines of a binary file");
	is_int(p.results[1].status, PLAN_OK, "a binary file is deleted whole");
	is_int(p.results[2].status, PLAN_OK, "a is created");
	is_int(p.results[3].err.kind, ERR_EXISTS, "so a/b cannot be");
	is_int(p.results[4].err.kind, ERR_PATH_DENIED, "bin is no folder");
	fixture_free(&fx);
}

int
main(void)
{
	for (size_t i = 0; i < countof(rows); i++)
		check_row(&rows[i]);
	test_stale();
	test_not_atomic();
	test_refused_files();
	return done_testing();
}
