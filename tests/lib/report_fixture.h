/* report_fixture.h - orders for the tests of reports, without a database. */
#ifndef TESTS_REPORT_FIXTURE_H
#define TESTS_REPORT_FIXTURE_H

#include "report/report.h"
#include "report/report_build.h"

#define FIXTURE_START INT64_C(1764037000123)	/* 2025-11-25T02:16:40.123Z */
#define FIXTURE_HASH "5b0e4c0d2f6a7c1e9d83b1f0a4c6e8d2" \
	"1f3a5c7e9b0d2f4a6c8e0b1d3f5a7c9e"

static inline struct report_position
fixture_position(int64_t seq, int64_t ts_ms)
{
	return (struct report_position){ seq, STR(FIXTURE_HASH),
	    STR("01938fa2-7c1e-7b40-9a51-3f2d6c8e0b17"), ts_ms };
}

static inline struct report
fixture_build(struct arena *a, const struct report_facts *f)
{
	struct report r;

	report_build(a, f, &r);
	return r;
}

/* What the factories of fixture_plain() told, and its validators said. */
static const struct report_mark fixture_marks[] = {
#define M(s, ms, t, who, task, text) { s, FIXTURE_START + ms, EVENT_##t, \
{ who, sizeof(who) - 1 }, { sizeof(task) > 1 ? task : NULL, sizeof(task) - 1 }, { NULL, 0 }, \
{ sizeof(text) > 1 ? text : NULL, sizeof(text) - 1 } }
	M(1, 0, GENERATION_STARTED, "vibesdk", "", "Checkout with prices in three currencies"),
	M(2, 900, PHASE_GENERATING, "vibesdk", "", "Planning"),
	M(3, 61000, PHASE_GENERATED, "vibesdk", "", "4 files to write"),
	M(4, 62000, PHASE_IMPLEMENTING, "vibesdk", "", "Checkout"),
	M(5, 63000, FILE_GENERATING, "vibesdk", "t-1", "src/lib/price.ts"),
	M(6, 118000, FILE_GENERATED, "vibesdk", "t-1", "src/lib/price.ts"),
	M(7, 120000, FILE_CHUNK_GENERATED, "vibesdk", "t-2", ""),
	M(8, 121000, FILE_CHUNK_GENERATED, "vibesdk", "t-2", ""),
	M(9, 124000, FILE_CHUNK_GENERATED, "vibesdk", "t-2", "last chunk"),
	M(60, 260000, RUNTIME_ERROR_FOUND, "vibesdk", "t-2", "TypeError: total is undefined"),
	M(61, 300000, PHASE_IMPLEMENTED, "vibesdk", "", "Checkout"),
	M(62, 301000, CODE_REVIEWING, "reviewer", "", ""),
	M(63, 372000, CODE_REVIEWED, "reviewer", "", "2 findings"),
	M(64, 380000, DEPLOYMENT_STARTED, "vibesdk", "", ""),
	M(65, 398500, DEPLOYMENT_FAILED, "vibesdk", "", "preview did not answer"),
	M(66, 400000, DEPLOYMENT_STARTED, "vibesdk", "", ""),
#undef M
};

static const struct report_verdict fixture_verdicts[] = {
	{ { "tsc", 3 }, VERDICT_OK }, { { "tsc", 3 }, VERDICT_FAILED },
	{ { "tsc", 3 }, VERDICT_OK }, { { "eslint", 6 }, VERDICT_OK },
	{ { "eslint", 6 }, VERDICT_TIMEOUT },
	{ { "ruff", 4 }, VERDICT_SKIPPED },
};

/* A factory's order as it mostly is: five files, two factories, some faults. */
static inline struct report
fixture_plain(struct arena *a)
{
	static const char *const paths[] = { "src/server/routes.ts",
	    "src/components/Checkout.tsx", "README.md",
	    "src/lib/price.ts", "tests/price.test.ts", "package.json" };
	static const char *const ops[] = { "replace-block", "insert-after",
	    "search-replace", "create" };
	struct report_patch *p = arena_array_of(a, struct report_patch, 40);

	for (size_t i = 0; i < 40; i++) {
		struct report_change *c = arena_new_of(a, struct report_change);
		bool failed = i == 11 || i == 23 || i == 24;

		*c = (struct report_change){ str(paths[(i * 7 + i / 5) % 6]),
		    (int64_t)(i * i % 37) + 1, (int64_t)(i * 5 % 11) };
		p[i] = (struct report_patch){
			.seq = 10 + (int64_t)i,
			.ts_ms = FIXTURE_START + 90000 + (int64_t)i * 5000,
			.ok = !failed, .changes = c, .n_changes = 1,
			.patch_id = arena_fmt(a, "01938fa3-%04zx-7000-8000-00000000%04zx", i * 31, i),
			.op = str(ops[i * 3 % 4]),
			.requester = i % 4 == 3 ? STR("reviewer") : STR("vibesdk"),
			.task_id = i % 10 == 9 ? STR_NONE :
			    arena_fmt(a, "t-%zu", i / 14 + 1),
			.duration_ms = failed ? -1 : 12 + (int64_t)(i * 29 % 90),
		};
	}
	p[11].code = STR("stale_base");
	p[11].error = STR("src/lib/price.ts has changed since the base was read: line 14 is touched by another patch");
	p[11].reason = STR("Round to the smallest unit of the currency");
	p[23].code = STR("check_failed");
	p[23].error = STR("tsc: error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.");
	p[23].reason = STR("Show the total below the cart");
	p[17].reverted = p[30].reverted = true;
	p[17].revert_seq = 58, p[17].revert_ts_ms = FIXTURE_START + 305000;
	p[30].revert_seq = 59, p[30].revert_ts_ms = FIXTURE_START + 305100;
	p[17].revert_id = STR("01938fa7-0001-7000-8000-000000000001");
	p[30].revert_id = STR("01938fa7-0002-7000-8000-000000000002");
	p[17].revert_requester = p[30].revert_requester = STR("mira@example.org");
	return fixture_build(a, &(struct report_facts){
		.order_id = STR("ord-2025-1107"), .version = 3,
		.as_of = fixture_position(66, FIXTURE_START + 400000),
		.from_ms = FIXTURE_START, .patches = p, .n_patches = 40,
		.marks = fixture_marks, .n_marks = countof(fixture_marks),
		.verdicts = fixture_verdicts,
		.n_verdicts = countof(fixture_verdicts),
	});
}

/* An order of which only a phase message is known. */
static inline struct report
fixture_empty(struct arena *a)
{
	return fixture_build(a, &(struct report_facts){
		.order_id = STR("ord-0"), .version = 1,
		.as_of = fixture_position(1, FIXTURE_START),
		.from_ms = FIXTURE_START,
	});
}

/* What strangers may put into names, reasons and errors. */
static const struct str fixture_hostile_texts[] = {
	STR("a|b.txt"), STR("a\\|b"), STR("tail\\"), STR("`"), STR("``a`b``"),
	STR("line\nbreak\r\n# heading\n\n- item\n```\nfence"),
	STR("\x1b[31mred\a\x7f"), STR("<script>alert(1)</script>"),
	STR("<img src=x onerror=alert(1)>"), STR("</code></td></table><h1>x"),
	STR("[click](javascript:alert(1))"), STR("![i](http://evil.test/p.png)"),
	STR("<javascript:alert(1)>"), STR("https://evil.test/ www.evil.test"),
	STR("@everyone fixes #1 closes org/repo#2 GH-3"),
	STR("\xe2\x80\xaegnp.exe\xe2\x80\xac"), STR("zero\xe2\x80\x8bwidth\xef\xbb\xbf"),
	STR("bad\xff\xc0\xaf\xed\xa0\x80 bytes"), STR(" leading  and trailing "),
	STR("\\u{202e} literal"), STR("\xe2\x86\xb5 literal"), STR("a\tb"),
	STR("&lt;b&gt; &amp; &#x3c;"), STR("\" onmouseover=\"x' y='"),
	STR("$$x$$ ~~s~~ **b** _i_ :smile: [^1] | --- |"),
	STR("<!-- --> <![CDATA[ ]]> <?x ?>"), STR("--><style>*{display:none}"),
	STR("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.txt"), STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"),
	STR(""), STR("{{7*7}} ${x} {% raw %}"), STR("[x]: http://evil.test \"t\""),
	STR("\xe2\x80\xa8\xe2\x80\xa9\xc2\x85 separators"), STR("nul\0byte"),
};

static inline struct report
fixture_hostile(struct arena *a)
{
	const size_t n = countof(fixture_hostile_texts);
	struct report_patch *p = arena_array_of(a, struct report_patch, n);
	struct report_mark *m = arena_array_of(a, struct report_mark, n);
	struct report_verdict *v = arena_array_of(a, struct report_verdict, n);

	for (size_t i = 0; i < n; i++) {
		struct report_change *c = arena_new_of(a, struct report_change);
		struct str s = fixture_hostile_texts[i];

		c->path = s;
		c->lines_added = (int64_t)i;
		p[i] = (struct report_patch){ .seq = (int64_t)i,
		    .ts_ms = FIXTURE_START + (int64_t)i, .ok = i % 2,
		    .reverted = i % 4 == 1, .patch_id = s, .op = s,
		    .requester = s, .task_id = s, .code = s, .error = s,
		    .reason = s, .duration_ms = -1, .changes = c,
		    .n_changes = 1, .revert_seq = (int64_t)i,
		    .revert_ts_ms = FIXTURE_START, .revert_id = s,
		    .revert_requester = s };
		m[i] = (struct report_mark){ (int64_t)i,
		    FIXTURE_START + (int64_t)i, EVENT_TERMINAL_OUTPUT, s, s,
		    s, s };
		v[i] = (struct report_verdict){ s, (int)i % VERDICT__MAX };
	}
	return fixture_build(a, &(struct report_facts){
		.order_id = STR("<b>`|\xe2\x80\xae](javascript:1)\n# x"),
		.version = 1, .as_of = fixture_position(99, FIXTURE_START + 99),
		.from_ms = FIXTURE_START, .patches = p, .n_patches = n,
		.marks = m, .n_marks = n, .verdicts = v, .n_verdicts = n,
	});
}

/* n patches, each with its own names; every second one fails, and its texts
 * are longer than is shown, every fifth longer than is kept. */
static inline struct report
fixture_many(struct arena *a, size_t n)
{
	struct report_patch *p = arena_array_of(a, struct report_patch, n);
	struct report_mark *m = arena_array_of(a, struct report_mark, n);
	struct buf long_text = BUF_INIT(MIB(1));

	while (long_text.len < REPORT_TEXT_BYTES + 900)
		buf_adds(&long_text, "\xc3\xa9`|");
	for (size_t i = 0; i < n; i++) {
		struct report_change *c = arena_new_of(a, struct report_change);
		struct str name = arena_fmt(a, "%06zu", i);

		c->path = name;
		c->lines_added = c->lines_removed = (int64_t)i;
		p[i] = (struct report_patch){ .seq = (int64_t)(n - i),
		    .ts_ms = FIXTURE_START, .ok = i % 2, .reverted = i % 2,
		    .patch_id = name, .op = name, .requester = name,
		    .task_id = name, .duration_ms = (int64_t)i,
		    .error = arena_fmt(a, "%.*s%.*s", STR_ARG(name),
		    i % 5 ? 1300 : (int)long_text.len, long_text.p),
		    .changes = c, .n_changes = 1,
		    .revert_seq = (int64_t)i };
		m[i] = (struct report_mark){ (int64_t)i, FIXTURE_START,
		    i % 2 ? EVENT_SERVER_LOG : EVENT_CONVERSATION_STATE, name,
		    name, name, name };
	}
	buf_free(&long_text);
	return fixture_build(a, &(struct report_facts){
		.order_id = STR("ord-many"), .version = 1,
		.as_of = fixture_position(1, FIXTURE_START),
		.from_ms = FIXTURE_START, .patches = p, .n_patches = n,
		.marks = m, .n_marks = n,
	});
}

#define FIXTURE_MANY 1700

/* "plain", "empty", "hostile", "many"; false: there is none of that name. */
static inline bool
fixture_of(struct arena *a, const char *name, struct report *r)
{
	if (str_is(str(name), "plain"))
		*r = fixture_plain(a);
	else if (str_is(str(name), "empty"))
		*r = fixture_empty(a);
	else if (str_is(str(name), "hostile"))
		*r = fixture_hostile(a);
	else if (str_is(str(name), "many"))
		*r = fixture_many(a, FIXTURE_MANY);
	else
		return false;
	return true;
}

/* "md", "json", "html"; the same. */
static inline bool
fixture_render(const struct report *r, const char *form, struct buf *out)
{
	if (str_is(str(form), "md"))
		report_md(out, r);
	else if (str_is(str(form), "json"))
		report_json(out, r);
	else if (str_is(str(form), "html"))
		report_html(out, r);
	else
		return false;
	return true;
}

#endif
