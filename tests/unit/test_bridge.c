#include "bridge/bridge.h"

#include "edit/ops.h"
#include "edit_fixture.h"

#define B(name) "// ###FINAL_MILE_PROMPT__" name "###\n"
#define E(name) "// ###END_" name "###\n"

/* "replace-block 2-3 text;", one for each operation. */
static struct str
ops_text(struct arena *a, const struct patch_batch *b)
{
	struct str all = STR("");

	for (size_t i = 0; i < b->n_ops; i++) {
		const struct patch_op *op = &b->ops[i];
		const char *name = op->op == OP_CREATE ? "create" :
		    op->op == OP_WRITE_FILE ? "write" :
		    op->op == OP_UNIFIED_DIFF ? "diff" :
		    op->op == OP_INSERT_BEFORE ? "insert" :
		    op->op == OP_REPLACE_BLOCK ? "replace" : "other";

		all = arena_fmt(a, "%.*s%s", STR_ARG(all), name);
		if (op->op == OP_REPLACE_BLOCK)
			all = arena_fmt(a, "%.*s %d-%d", STR_ARG(all),
			    (int)op->start, (int)op->end);
		if (op->op == OP_INSERT_BEFORE)
			all = arena_fmt(a, "%.*s %d", STR_ARG(all),
			    (int)op->line);
		all = arena_fmt(a, "%.*s [%.*s]", STR_ARG(all),
		    STR_ARG(op->block));
	}
	return all;
}

static const struct {
	const char *what;
	const char *disk;	/* NULL: there is no file */
	const char *contents, *want;
} rows[] = {
	{ "a new file", NULL, "x", "create [x]" },
	{ "a new file with markers", NULL, B("A") "x\n" E("A"), "create [" B("A") "x\n" E("A") "]" },
	{ "a file without markers", "a\nb\n", "a\nc\n", "write [a\nc\n]" },
	{ "an empty file", "", "x", "write [x]" },
	{ "nothing for a file", "a\n", "", "write []" },
	{ "the lines of the region", "a\n" B("A") "1\n2\n" E("A") "z\n", "x\ny\n", "replace 3-4 [x\ny\n]" },
	{ "an empty region", "a\n" B("A") E("A") "z\n", "x\n", "insert 3 [x\n]" },
	{ "a marker that nothing closes", "a\n" B("A") "z\n", "x\n", "replace 2-2 [x\n]" },
	{ "an empty body empties the region", B("A") "1\n" E("A"), "", "replace 2-2 []" },
	{ "contents with the markers", "a\n" B("A") "1\n" E("A") "z\n", "other\n" B("A") "x\ny\n" E("A"), "replace 3-3 [x\ny\n]" },
	{ "contents with the markers and nothing between", "a\n" B("A") "1\n" E("A"), B("A") E("A"), "replace 3-3 []" },
	{ "contents with markers for an empty region", B("A") E("A"), B("A") "x\n" E("A"), "insert 2 [x\n]" },
	{ "two regions, both", B("A") "1\n" E("A") B("B") "2\n" E("B"), B("A") "x\n" E("A") B("B") "y\n" E("B"), "replace 2-2 [x\n]replace 5-5 [y\n]" },
	{ "two regions, one", B("A") "1\n" E("A") B("B") "2\n" E("B"), B("B") "y\n" E("B"), "replace 5-5 [y\n]" },
	{ "two regions, and contents of neither", B("A") "1\n" E("A") B("B") "2\n" E("B"), "x\n", "write [x\n]" },
	{ "a region that the file does not have", B("A") "1\n" E("A"), B("C") "x\n" E("C"), "write [" B("C") "x\n" E("C") "]" },
	{ "a region that the file has twice", B("A") E("A") B("A") E("A"), B("A") "x\n" E("A"), "write [" B("A") "x\n" E("A") "]" },
	{ "a region that the contents have twice", B("A") E("A"), B("A") "x\n" E("A") B("A") E("A"), "write [" B("A") "x\n" E("A") B("A") E("A") "]" },
	{ "contents whose marker nothing closes", "a\n" B("A") "z\n", "x\n" B("A"), "write [x\n" B("A") "]" },
	{ "contents with markers on one line", B("A") E("A"), "###FINAL_MILE_PROMPT__A### x ###END_A###\n", "write [###FINAL_MILE_PROMPT__A### x ###END_A###\n]" },
	{ "a file with markers on one line", "###FINAL_MILE_PROMPT__A### x ###END_A###\n", "y\n", "write [y\n]" },
	{ "its twin in the contents", "###FINAL_MILE_PROMPT__A### x ###END_A###\n", B("A") "y\n" E("A"), "write [" B("A") "y\n" E("A") "]" },
	{ "nested alike: the outer one", B("A") B("B") E("B") E("A"), B("A") B("B") "x\n" E("B") E("A"), "replace 2-3 [" B("B") "x\n" E("B") "]" },
	{ "nested only in the file", B("A") B("B") E("B") E("A"), B("B") "x\n" E("B"), "write [" B("B") "x\n" E("B") "]" },
	{ "an end without begin is no region", E("A"), "x", "write [x]" },
};

static int
bridge(struct fixture *f, const char *json, struct patch_batch *out,
    struct err *e)
{
	struct bridge_request q;

	if (contract_decode_text(&bridge_request_contract, str(json), f->a, &q,
	    e) != 0)
		return -1;
	return bridge_batch(f->a, f->ws, FILE_DEFAULT_BYTES, &q, out, e);
}

static void
test_rules(struct fixture *f)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct file_output file = { .path = STR("f"),
		    .contents = str(rows[i].contents) };
		struct bridge_request q;
		struct patch_batch b;
		struct err e;

		if (rows[i].disk)
			fixture_put(f, "f", str(rows[i].disk));
		contract_defaults(&bridge_request_contract, &q);
		q.phase.files = &file;
		q.phase.n_files = 1;
		ok(bridge_batch(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &b,
		    &e) == 0, "%s", rows[i].what);
		is_str(ops_text(f->a, &b), rows[i].want, "%s: operations",
		    rows[i].what);
		if (rows[i].disk) {
			struct str sha = sha256_hex(f->a,
			    sha256_of(str(rows[i].disk)));

			ok(str_eq(b.ops[0].op == OP_WRITE_FILE ?
			    b.ops[0].base_sha256 : b.base[0].sha256, sha),
			    "%s: the version", rows[i].what);
			unlinkat(f->fd, "f", 0);
		}
	}
}

static void
test_members(struct fixture *f)
{
	struct patch_batch b;
	struct err e;

	ok(bridge(f, "{\"files\":[{\"filePath\":\"d/n\",\"fileContents\":\"x\","
	    "\"filePurpose\":\"why\"}],\"deploymentNeeded\":true,"
	    "\"commands\":[\"npm i\"]}", &b, &e) == 0, "a bare output");
	is_str(b.requester, "factory-agent", "who asks");
	is_str(b.reason, "phase-implementation", "why");
	is_str(b.workspace, "default", "where");
	is_str(b.meta, "{\"deploymentNeeded\":true,\"commands\":[\"npm i\"]}",
	    "what else the phase says");
	is_str(b.ops[0].meta, "{\"rule\":\"create\",\"purpose\":\"why\"}",
	    "what the file is for");
	ok(b.atomic && b.validate && !b.dry_run && !b.order_id.p,
	    "the rest is as in any batch");
	ok(bridge(f, "{\"files\":[{\"filePath\":\"n\",\"fileContents\":\"x\"}],"
	    "\"orderId\":\"o1\",\"taskId\":\"t1\",\"phase\":\"p1\","
	    "\"requester\":\"me\",\"reason\":\"so\",\"dryRun\":true}", &b,
	    &e) == 0, "with members of a batch");
	is_str(b.order_id, "o1", "the order");
	is_str(b.ops[0].task_id, "t1", "the task");
	is_str(b.phase, "p1", "the phase");
	is_str(b.requester, "me", "who asks, said");
	is_str(b.reason, "so", "why, said");
	ok(b.dry_run && !b.meta.p, "dry run, no meta");
	ok(bridge(f, "{\"files\":[{\"filePath\":\"n\",\"fileContents\":\"d\","
	    "\"format\":\"unified_diff\"}]}", &b, &e) == 0 &&
	    b.ops[0].op == OP_UNIFIED_DIFF, "a diff stays one");
}

static void
test_left_out(struct fixture *f)
{
	static const struct {
		const char *what, *disk, *contents;
		bool left_out;
	} sides[] = {
		{ "all as in the file", "a\n" B("A") "1\n" E("A") "z\n", "a\n" B("A") "x\n" E("A") "z\n", false },
		{ "only the region", "a\n" B("A") "1\n" E("A") "z\n", B("A") "x\n" E("A"), false },
		{ "the region and blanks", "a\n" B("A") "1\n" E("A") "z\n", "\n \t\n" B("A") "x\n" E("A") "\r\n", false },
		{ "LF for CRLF", "a\r\n" B("A") E("A") "z\r\n", "a\n" B("A") "x\n" E("A") "z\n", false },
		{ "another comment around the marker", "# ###FINAL_MILE_PROMPT__A###\n1\n# ###END_A###\n", B("A") "x\n" E("A"), false },
		{ "something before", "a\n" B("A") "1\n" E("A") "z\n", "b\n" B("A") "x\n" E("A") "z\n", true },
		{ "something behind", "a\n" B("A") "1\n" E("A") "z\n", "a\n" B("A") "x\n" E("A") "z\ny\n", true },
		{ "something between", B("A") E("A") B("B") E("B"), B("A") "x\n" E("A") "m\n" B("B") E("B"), true },
		{ "another order", B("A") E("A") "m\n" B("B") E("B"), B("B") "x\n" E("B") "m\n" B("A") E("A"), true },
	};

	for (size_t i = 0; i < countof(sides); i++) {
		struct file_output file = { .path = STR("f"),
		    .contents = str(sides[i].contents) };
		struct bridge_request q;
		struct patch_batch b;
		struct err e;

		fixture_put(f, "f", str(sides[i].disk));
		contract_defaults(&bridge_request_contract, &q);
		q.phase.files = &file;
		q.phase.n_files = 1;
		ok(bridge_batch(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &b,
		    &e) == 0 && b.ops[0].op != OP_WRITE_FILE, "left out: %s",
		    sides[i].what);
		is_str(b.ops[0].meta, sides[i].left_out ?
		    "{\"rule\":\"marker\",\"leftOut\":true}" :
		    "{\"rule\":\"marker\"}", "left out: %s: meta",
		    sides[i].what);
	}
}

static void
test_refused(struct fixture *f)
{
	static const struct {
		const char *what, *json, *code, *at;
	} asked[] = {
		{ "no files", "{}", "invalid", "/files" },
		{ "an empty list", "{\"files\":[]}", "invalid", "/files" },
		{ "no path", "{\"files\":[{\"fileContents\":\"\"}]}", "invalid", "/files/0/filePath" },
		{ "no contents", "{\"files\":[{\"filePath\":\"a\"}]}", "invalid", "/files/0/fileContents" },
		{ "outside", "{\"files\":[{\"filePath\":\"a\",\"fileContents\":\"\"},{\"filePath\":\"../a\",\"fileContents\":\"\"}]}", "path_escape", "/files/1/filePath" },
		{ "absolute", "{\"files\":[{\"filePath\":\"/a\",\"fileContents\":\"\"}]}", "path_escape", "/files/0/filePath" },
		{ "a link", "{\"files\":[{\"filePath\":\"link\",\"fileContents\":\"\"}]}", "path_escape", "/files/0/filePath" },
		{ "twice", "{\"files\":[{\"filePath\":\"a\",\"fileContents\":\"1\"},{\"filePath\":\"b\",\"fileContents\":\"\"},{\"filePath\":\"a\",\"fileContents\":\"2\"}]}", "invalid", "/files/2/filePath" },
		{ "an unknown format", "{\"files\":[{\"filePath\":\"a\",\"fileContents\":\"\",\"format\":\"zip\"}]}", "invalid", "/files/0/format" },
		{ "an unknown member", "{\"files\":[{\"filePath\":\"a\",\"fileContents\":\"\"}],\"patches\":[]}", "unknown_member", "/patches" },
		{ "a command that is no text", "{\"files\":[{\"filePath\":\"a\",\"fileContents\":\"\"}],\"commands\":[1]}", "invalid", "/commands/0" },
	};

	if (symlinkat("elsewhere", f->fd, "link") != 0)
		bail_out("no link");
	for (size_t i = 0; i < countof(asked); i++) {
		struct patch_batch b;
		struct err e = { 0 };

		ok(bridge(f, asked[i].json, &b, &e) == -1 &&
		    !strcmp(err_row(e.kind)->code, asked[i].code) &&
		    !strcmp(e.at, asked[i].at), "%s is refused: %s at %s",
		    asked[i].what, e.detail, e.at);
	}
}

static int
review(struct fixture *f, const char *json, struct patch_batch *out,
    struct str **unfixed, size_t *n, struct err *e)
{
	struct review_request q;

	if (contract_decode_text(&review_request_contract, str(json), f->a, &q,
	    e) != 0)
		return -1;
	return review_batch(f->a, f->ws, FILE_DEFAULT_BYTES, &q, out, unfixed,
	    n, e);
}

static void
test_review(struct fixture *f)
{
	struct patch_batch b;
	struct err e = { 0 };
	struct str *unfixed;
	size_t n;

	fixture_put(f, "r", STR("a\nb\n"));
	ok(review(f, "{\"dependenciesNotMet\":[\"zod\"],\"issuesFound\":true,"
	    "\"frontendIssues\":[\"ugly\"],\"backendIssues\":[],"
	    "\"filesToFix\":[{\"filePath\":\"r\",\"issues\":[\"i1\",\"i2\"],"
	    "\"require_code_changes\":true},{\"filePath\":\"s\",\"issues\":[],"
	    "\"require_code_changes\":true},{\"filePath\":\"u\"}],"
	    "\"commands\":[],\"taskId\":\"t\","
	    "\"fixes\":[{\"filePath\":\"r\",\"fileContents\":\"a\\n\"}],"
	    "\"patches\":[{\"op\":\"append\",\"file\":\"v\",\"block\":\"x\"},"
	    "{\"op\":\"append\",\"file\":\"v\",\"block\":\"y\","
	    "\"taskId\":\"own\"}]}",
	    &b, &unfixed, &n, &e) == 0, "a review: %s", e.detail);
	is_str(ops_text(f->a, &b), "other [x]other [y]write [a\n]",
	    "patches, then fixes");
	is_str(b.requester, "lint-specialist", "who asks");
	is_str(b.reason, "code-review-fixes", "why");
	is_str(b.meta, "{\"dependenciesNotMet\":[\"zod\"],"
	    "\"frontendIssues\":[\"ugly\"]}", "what else it says");
	is_str(b.ops[2].meta, "{\"rule\":\"write-file\",\"issues\":[\"i1\","
	    "\"i2\"]}", "the issues of the file");
	is_str(b.ops[0].task_id, "t", "a patch gets the task");
	is_str(b.ops[1].task_id, "own", "or has its own");
	ok(n == 1 && str_is(unfixed[0], "s"), "what stays unfixed");
	ok(review(f, "{\"issuesFound\":true}", &b, &unfixed, &n, &e) == -1 &&
	    e.kind == ERR_INVALID && !strcmp(e.at, "/fixes"),
	    "a review without any fix");
	e = (struct err){ 0 };
	ok(review(f, "{\"fixes\":[{\"filePath\":\"../x\",\"fileContents\":\"\"}"
	    "]}", &b, &unfixed, &n, &e) == -1 &&
	    !strcmp(e.at, "/fixes/0/filePath"), "a fix outside");
	e = (struct err){ 0 };
	ok(review(f, "{\"patches\":[{\"op\":\"append\"}]}", &b, &unfixed, &n,
	    &e) == -1 && !strcmp(e.at, "/patches/0/file"), "a wrong patch");
}

/* What bridge prints must be what apply takes. */
static void
test_round_trip(struct fixture *f)
{
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);
	struct patch_batch b, again;
	struct plan p;
	struct err e = { 0 };

	fixture_put(f, "m", STR("a\n" B("A") "1\n" E("A") "z"));
	fixture_put(f, "e", STR(B("A") E("A")));
	ok(bridge(f, "{\"files\":[{\"filePath\":\"new\",\"fileContents\":\"x\"}"
	    ",{\"filePath\":\"m\",\"fileContents\":\"2\"},"
	    "{\"filePath\":\"e\",\"fileContents\":\"3\\n\"}]}", &b, &e) == 0,
	    "a batch");
	contract_encode(&patch_batch_contract, &b, &w);
	ok(contract_decode_text(&patch_batch_contract, buf_str(&out), f->a,
	    &again, &e) == 0, "it can be read again: %s", e.detail);
	is_str(ops_text(f->a, &again), ops_text(f->a, &b).p, "as it was");
	p = fixture_plan(f, &again);
	ok(!p.refused && p.n_files == 3, "and it can be applied");
	for (size_t i = 0; i < p.n_files; i++)
		is_str(p.files[i].after,
		    str_is(p.files[i].path, "new") ? "x" :
		    str_is(p.files[i].path, "m") ?
		    "a\n" B("A") "2\n" E("A") "z" : B("A") "3\n" E("A"),
		    "what becomes of %.*s", STR_ARG(p.files[i].path));
	buf_free(&out);
}

int
main(void)
{
	struct fixture f = fixture_new();

	test_rules(&f);
	test_members(&f);
	test_left_out(&f);
	test_refused(&f);
	test_review(&f);
	test_round_trip(&f);
	fixture_free(&f);
	return done_testing();
}
