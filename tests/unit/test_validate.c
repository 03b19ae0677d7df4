/* Messages to the runner, presets, what validators print, strict JSON. */
#include "tap.h"
#include "validate/diagnostics.h"
#include "validate/presets.h"
#include "validate/validate.h"

/* ---- messages ---- */

static struct job
some_job(struct job_file *files, struct str *args)
{
	files[0] = (struct job_file){ STR("src/a.c"), STR("int x;\n"), true,
	    0644 };
	files[1] = (struct job_file){ STR("gone"), STR(""), false, 0 };
	args[0] = STR("src/a.c");
	return (struct job){ .workspace = STR("default"), .validator = 2,
	    .name = STR("cc"), .files = files, .n_files = 2, .args = args,
	    .n_args = 1, .timeout_ms = 5000 };
}

static void
messages(struct arena *a)
{
	static const struct { const char *name, *path; } odd[] = {
		{ "a path that climbs", "../x" }, { "an absolute path", "/etc/passwd" },
		{ "an empty path", "" }, { "a path into .git", ".git/config" },
		{ "a path with a control character", "a\nb" },
	};
	struct job_file files[2];
	struct str args[1];
	struct job j = some_job(files, args), back;
	struct buf m = BUF_INIT(JOB_MESSAGE_BYTES);
	bool refused = true;

	job_write(&j, &m);
	ok(job_read(buf_str(&m), a, &back) && back.n_files == 2 &&
	    back.n_args == 1 && back.validator == 2 &&
	    back.timeout_ms == 5000 && str_eq(back.name, j.name),
	    "a job comes back as it was");
	is_str(back.files[0].bytes, "int x;\n", "with the bytes of its files");
	ok(!back.files[1].exists, "and those that are gone");
	for (size_t n = 0; n < m.len; n++)
		if (job_read(str_n(m.p, n), a, &back))
			refused = false;
	ok(refused, "a job cut short anywhere is refused");
	buf_addc(&m, 'x');
	ok(!job_read(buf_str(&m), a, &back), "a byte too many is refused");
	for (size_t i = 0; i < countof(odd); i++) {
		buf_reset(&m);
		files[0].path = str(odd[i].path);
		job_write(&j, &m);
		ok(!job_read(buf_str(&m), a, &back), "%s is refused",
		    odd[i].name);
	}
	j = some_job(files, args);
	args[0] = STR("../x");
	buf_reset(&m);
	job_write(&j, &m);
	ok(!job_read(buf_str(&m), a, &back),
	    "an argument outside of the tree is refused");
	j = some_job(files, args);
	j.timeout_ms = 0;
	buf_reset(&m);
	job_write(&j, &m);
	ok(!job_read(buf_str(&m), a, &back), "no time at all is refused");
	buf_free(&m);
}

static void
results(struct arena *a)
{
	struct job_result r = { .end = JOB_LIMIT, .exit = 137,
	    .output = STR("out\n"), .output_bytes = 4,
	    .reason = STR("too much"), .isolation = STR("namespaces") }, back;
	struct buf m = BUF_INIT(RESULT_MESSAGE_BYTES);
	bool refused = true;

	(void)a;
	job_result_write(&r, &m);
	ok(job_result_read(buf_str(&m), &back) && back.end == JOB_LIMIT &&
	    back.exit == 137 && str_eq(back.reason, r.reason),
	    "a result comes back as it was");
	for (size_t n = 0; n < m.len; n++)
		if (job_result_read(str_n(m.p, n), &back))
			refused = false;
	ok(refused, "a result cut short anywhere is refused");
	buf_reset(&m);
	r.end = JOB__MAX;
	job_result_write(&r, &m);
	ok(!job_result_read(buf_str(&m), &back), "an unknown end is refused");
	buf_free(&m);
}

/* ---- presets ---- */

static void
fills(struct arena *a)
{
	struct str own_command[] = { STR("x"), STR("{}"), STR("{}...") };
	struct str own_globs[] = { STR("lib/**") };
	struct validator v = { .name = STR("sh"), .timeout_ms = -1,
	    .memory_mb = -1, .processes = -1, .output_bytes = -1 };
	struct validator_plan p;
	struct err e = { 0 };

	for (const struct preset *s = presets; s->name; s++) {
		v.name = str(s->name);
		ok(validator_fill(a, &v, &p, &e) == 0 && p.v.n_globs > 0 &&
		    (p.built_in || p.v.n_command > 0) &&
		    p.v.timeout_ms == VALIDATOR_TIMEOUT_MS &&
		    p.v.memory_mb == VALIDATOR_MEMORY_MB,
		    "%s needs nothing but its name", s->name);
	}
	v.name = STR("sh");
	v.globs = own_globs;
	v.n_globs = 1;
	v.timeout_ms = 7;
	ok(validator_fill(a, &v, &p, &e) == 0 && p.v.n_globs == 1 &&
	    p.v.timeout_ms == 7 && validator_files(&p.v) == FILES_EACH,
	    "what the policy says goes before the preset");
	v.command = own_command;
	v.n_command = 3;
	ok(validator_fill(a, &v, &p, &e) == -1 && e.kind == ERR_CONFIG,
	    "{} and {}... together are refused");
	v.n_command = 1;
	ok(validator_fill(a, &v, &p, &e) == 0 &&
	    validator_files(&p.v) == FILES_NONE && !p.local.p,
	    "a command of one's own takes nothing from the preset");
	v = (struct validator){ .name = STR("mine"), .command = own_command,
	    .n_command = 1 };
	ok(validator_fill(a, &v, &p, &e) == -1 && e.kind == ERR_CONFIG,
	    "a command that no file calls for is refused");
	v = (struct validator){ .name = STR("mine") };
	ok(validator_fill(a, &v, &p, &e) == -1 && e.kind == ERR_CONFIG,
	    "an unknown name without a command is refused");
}

/* ---- output ---- */

static void
cleaning(struct arena *a)
{
	static const struct { const char *name, *raw, *want; } rows[] = {
		{ "plain text", "a\nb\n", "a\nb\n" },
		{ "colours", "\033[1;31merror\033[0m: x\n", "error: x\n" },
		{ "a link", "\033]8;;http://x\033\\text\033]8;;\033\\\n", "text\n" },
		{ "a title", "\033]0;title\atext", "text" },
		{ "CRLF", "a\r\nb\r\n", "a\nb\n" },
		{ "bytes that are no UTF-8", "a\377b", "a\xef\xbf\xbd" "b" },
		{ "controls", "a\001\bb\177c\td\n", "abc\td\n" },
		{ "a sequence that does not end", "a\033[31", "a" },
		{ "an escape at the end", "a\033", "a" },
		{ "nothing", "", "" },
	};

	for (size_t i = 0; i < countof(rows); i++)
		is_str(output_clean(a, str(rows[i].raw)), rows[i].want,
		    "clean: %s", rows[i].name);
	is_str(output_clean(a, str_n("a\0b", 3)), "ab", "clean: NUL");
}

static void
cutting(struct arena *a)
{
	static const struct { const char *name, *in; size_t max; int missing; const char *want; } rows[] = {
		{ "short enough", "a\nb\n", 4, 0, "a\nb\n" },
		{ "whole lines", "a\nbc\n", 4, 0, "a\n[3 more bytes cut]\n" },
		{ "one long line", "abcdef", 3, 0, "abc[3 more bytes cut]\n" },
		{ "not within a character", "a\xc3\xa4", 2, 0, "a[2 more bytes cut]\n" },
		{ "what was never kept counts", "a\n", 10, 99, "a\n[99 more bytes cut]\n" },
		{ "nothing at all", "", 10, 0, "" },
	};

	for (size_t i = 0; i < countof(rows); i++)
		is_str(output_cut(a, str(rows[i].in), rows[i].max,
		    rows[i].missing), rows[i].want, "cut: %s", rows[i].name);
	is_str(output_without(a, STR("/v/tree/a.c:1: x /v/tree/b\n"),
	    "/v/tree"), "a.c:1: x b\n", "the folder of a copy is taken out");
}

/* What is new, lines joined by '|'; NULL: nothing. */
static void
comparing(struct arena *a)
{
	static const struct { const char *name, *before, *after, *want; } rows[] = {
		{ "the same", "a.c:3:5: error: x\n", "a.c:3:5: error: x\n", "" },
		{ "moved down", "a.c:3:5: error: x\n", "a.c:9:5: error: x\n", "" },
		{ "another file", "a.c:3:5: error: x\n", "b.c:3:5: error: x\n", "b.c:3:5: error: x" },
		{ "another text", "a.c:3:5: error: x\n", "a.c:3:5: error: y\n", "a.c:3:5: error: y" },
		{ "once more", "a.c:3: x\n", "a.c:3: x\na.c:7: x\n", "a.c:7: x" },
		{ "one less", "a.c:3: x\na.c:4: x\n", "a.c:3: x\n", "" },
		{ "none before", "", "a.c:3: x\n", "a.c:3: x" },
		{ "tsc", "s/a.ts(3,5): error TS1: x\n", "s/a.ts(4,1): error TS1: x\ns/b.ts(1,1): error TS2: y\n", "s/b.ts(1,1): error TS2: y" },
		{ "dash", "a.sh: 3: Syntax error: x\n", "a.sh: 4: Syntax error: x\n", "" },
		{ "bash", "a.sh: line 3: syntax error\n", "a.sh: line 5: syntax error\n", "" },
		{ "excerpts do not count", "a.c:3:5: error: x\n    3 | int\n      | ^\n", "a.c:4:5: error: x\n    4 | long\n      |  ^\n", "" },
		{ "sums do not count", "a.ts(1,1): error\nFound 1 error.\n", "a.ts(1,1): error\nFound 2 errors.\n", "" },
		{ "eslint, moved", "/w/a.js\n  3:5  error  x  rule\n\n1 problem\n", "/w/a.js\n  4:5  error  x  rule\n\n1 problem\n", "" },
		{ "eslint, another file", "/w/a.js\n  3:5  error  x  rule\n", "/w/b.js\n  3:5  error  x  rule\n", "/w/b.js   3:5  error  x  rule" },
		{ "eslint, wider numbers", "/w/a.js\n  3:5  error  x\n", "/w/a.js\n  13:5   error  x\n", "" },
		{ "python", "  File \"a.py\", line 3\n    x = = 1\nSyntaxError: bad\n", "  File \"a.py\", line 4\n    x = = 1\nSyntaxError: bad\n", "" },
		{ "python, another fault", "  File \"a.py\", line 3\n    x\nSyntaxError: bad\n", "  File \"a.py\", line 3\n    y\nSyntaxError: worse\n", "  File \"a.py\", line 3 SyntaxError: worse" },
		{ "no positions: all lines", "bad thing\n", "bad thing\nworse thing\n", "worse thing" },
		{ "no positions, the same", "bad thing\n", "bad thing\n", "" },
		{ "a time of day is a position, too", "at 10:32:01 x\n", "at 10:33:02 x\n", "" },
		{ "numbers in a message count", "a.c:1: want 2\n", "a.c:1: want 3\n", "a.c:1: want 3" },
		{ "order does not matter", "a.c:1: x\nb.c:1: y\n", "b.c:2: y\na.c:2: x\n", "" },
		{ "blanks at the end do not matter", "a.c:1: x  \n", "a.c:1: x\n", "" },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct diagnostics x = diagnostics_find(a, str(rows[i].before));
		struct diagnostics y = diagnostics_find(a, str(rows[i].after));
		struct diagnostics d = diagnostics_new(a, &y, &x);
		struct buf got = BUF_INIT(4096);

		for (size_t k = 0; k < d.n; k++)
			buf_addf(&got, "%s%.*s", k ? "|" : "",
			    STR_ARG(d.list[k].text));
		is_str(got.len ? buf_str(&got) : STR(""), rows[i].want,
		    "compare: %s", rows[i].name);
		buf_free(&got);
	}
}

static void
naming(void)
{
	static const struct { const char *text, *path; bool want; } rows[] = {
		{ "a.c:3: x", "a.c", true }, { "/w/a.c:3: x", "a.c", true },
		{ "ba.c:3: x", "a.c", false }, { "a.cc:3: x", "a.c", false },
		{ "in \"src/a.c\"", "src/a.c", true }, { "see a.c.", "a.c", true },
		{ "x", "", false },
	};

	for (size_t i = 0; i < countof(rows); i++)
		ok(diagnostic_names(str(rows[i].text), str(rows[i].path)) ==
		    rows[i].want, "\"%s\" names %s: %d", rows[i].text,
		    rows[i].path, rows[i].want);
}

/* ---- JSON ---- */

static struct file_change
change(const char *path, const char *before, const char *after)
{
	return (struct file_change){ .path = str(path),
	    .exists_before = before, .exists_after = after,
	    .before = str(before), .after = str(after), .mode = 0644 };
}

/* Strict JSON needs no runner. */
static void
json(void)
{
	static const struct { const char *name, *before, *after; int want; } rows[] = {
		{ "fine", "{}", "{\"a\":1}\n", VERDICT_OK },
		{ "broken", "{}", "{\"a\":1,}\n", VERDICT_FAILED },
		{ "a key twice", "{}", "{\"a\":1,\"a\":2}", VERDICT_FAILED },
		{ "broken before in the same way", "{,}", "\n\n{,}", VERDICT_OK },
		{ "mended", "{,}", "{}", VERDICT_OK },
		{ "new and broken", NULL, "[1", VERDICT_FAILED },
	};
	struct arena *a = arena_new();
	struct validator v = { .name = STR("json") };
	struct policy policy = { .validators = &v, .n_validators = 1 };

	for (size_t i = 0; i < countof(rows); i++) {
		struct file_change f[] = { change("x/a.json", rows[i].before,
		    rows[i].after) };
		struct plan plan = { .files = f, .n_files = 1 };
		struct validate_request q = { .policy = &policy,
		    .plan = &plan, .advisory = true };
		struct validate_report r = { 0 };

		ok(validate_run(&q, a, &r, NULL) == 0 && r.n == 1 &&
		    r.verdicts[0].status == rows[i].want, "json: %s",
		    rows[i].name);
		ok((validate_refusal(&r) != NULL) ==
		    (rows[i].want == VERDICT_FAILED), "json: %s: refused?",
		    rows[i].name);
	}
	arena_free(a);
}

int
main(void)
{
	struct arena *a = arena_new();

	messages(a);
	results(a);
	fills(a);
	cleaning(a);
	cutting(a);
	comparing(a);
	naming();
	json();
	arena_free(a);
	return done_testing();
}
