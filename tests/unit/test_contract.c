/* What a contract refuses, where it says so, and that what it writes it reads. */
#include "contract/contract.h"
#include "edit/ops.h"
#include "model/log_query.h"
#include "model/patch_event.h"
#include "tap.h"

#define OP(members) "{\"patches\":[{" members "}]}"
#define FINE "\"op\":\"append\",\"file\":\"a\",\"block\":\"x\""

static const struct {
	const char *name, *text;
	enum err_kind kind;	/* ERR_NONE: accepted */
	const char *at;
} rows[] = {
	{ "the least", OP(FINE), ERR_NONE, "" },
	{ "null is absent", "{\"orderId\":null,\"patches\":[{" FINE "}]}", ERR_NONE, "" },
	{ "no patches", "{}", ERR_INVALID, "/patches" },
	{ "patches empty", "{\"patches\":[]}", ERR_INVALID, "/patches" },
	{ "patches no array", "{\"patches\":{}}", ERR_INVALID, "/patches" },
	{ "not an object", "[]", ERR_INVALID, "" },
	{ "patch not an object", "{\"patches\":[1]}", ERR_INVALID, "/patches/0" },
	{ "unknown member", "{\"x\":1,\"patches\":[{" FINE "}]}", ERR_UNKNOWN_MEMBER, "/x" },
	{ "pointer is escaped", "{\"a/b~c\":1,\"patches\":[{" FINE "}]}", ERR_UNKNOWN_MEMBER, "/a~1b~0c" },
	{ "unknown member of a patch", OP(FINE ",\"lien\":1"), ERR_UNKNOWN_MEMBER, "/patches/0/lien" },
	{ "member of another op", OP(FINE ",\"line\":1"), ERR_UNKNOWN_MEMBER, "/patches/0/line" },
	{ "unknown op", OP("\"op\":\"sed\",\"file\":\"a\""), ERR_INVALID, "/patches/0/op" },
	{ "op missing", OP("\"file\":\"a\""), ERR_INVALID, "/patches/0/op" },
	{ "file missing", OP("\"op\":\"append\",\"block\":\"x\""), ERR_INVALID, "/patches/0/file" },
	{ "file null", OP("\"op\":\"append\",\"file\":null"), ERR_INVALID, "/patches/0/file" },
	{ "file empty", OP("\"op\":\"append\",\"file\":\"\""), ERR_INVALID, "/patches/0/file" },
	{ "line zero", OP("\"op\":\"insert-before\",\"file\":\"a\",\"line\":0"), ERR_INVALID, "/patches/0/line" },
	{ "line a string", OP("\"op\":\"insert-before\",\"file\":\"a\",\"line\":\"1\""), ERR_INVALID, "/patches/0/line" },
	{ "line a fraction", OP("\"op\":\"insert-before\",\"file\":\"a\",\"line\":1.5"), ERR_INVALID, "/patches/0/line" },
	{ "hash too short", OP(FINE ",\"expectSha256\":\"ab\""), ERR_INVALID, "/patches/0/expectSha256" },
	{ "base hash wrong", "{\"base\":{\"a\":\"x\"},\"patches\":[{" FINE "}]}", ERR_INVALID, "/base/a" },
	{ "meta no object", OP(FINE ",\"meta\":[]"), ERR_INVALID, "/patches/0/meta" },
	{ "enum unknown", "{\"eol\":\"dos\",\"patches\":[{" FINE "}]}", ERR_INVALID, "/eol" },
	{ "control character in a name", "{\"requester\":\"a\\u001b\",\"patches\":[{" FINE "}]}", ERR_INVALID, "/requester" },
	{ "dryRun a number", "{\"dryRun\":1,\"patches\":[{" FINE "}]}", ERR_INVALID, "/dryRun" },
};

static void
test_rows(struct arena *a)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct patch_batch b;
		struct err e = { 0 };
		int rc = contract_decode_text(&patch_batch_contract,
		    str(rows[i].text), a, &b, &e);

		ok((rc == 0) == (rows[i].kind == ERR_NONE) &&
		    e.kind == rows[i].kind && strcmp(e.at, rows[i].at) == 0,
		    "%s: %s at \"%s\" (%s)", rows[i].name,
		    err_row(e.kind)->code, e.at, e.detail);
	}
}

static void
test_all_faults(struct arena *a)
{
	struct patch_batch b;
	struct err e = { 0 };
	int n = 0;

	contract_decode_text(&patch_batch_contract, STR("{\"eol\":1,\"x\":2,"
	    "\"patches\":[{\"op\":\"append\"},{\"op\":\"no\"}]}"), a, &b, &e);
	for (struct err *f = &e; f; f = f->next)
		n++;
	is_int(n, 4, "all faults of a body come together");
}

static void
test_decoded(struct arena *a)
{
	struct patch_batch b;
	struct err e = { 0 };

	contract_decode_text(&patch_batch_contract, STR("{\"orderId\":\"o\","
	    "\"base\":{\"f/x\":\"00000000000000000000000000000000000000000000000"
	    "00000000000000000\"},\"patches\":[{\"op\":\"replace-block\","
	    "\"file\":\"f/x\",\"start\":2,\"end\":3,\"block\":\"\","
	    "\"openSpace\":true,\"meta\":{\"k\":[1,2.50]}}]}"), a, &b, &e);
	is_str(b.order_id, "o", "orderId");
	is_str(b.requester, "agent", "requester by default");
	is_str(b.workspace, "default", "workspace by default");
	ok(b.atomic && b.validate && !b.dry_run, "switches by default");
	is_int((int64_t)b.n_base, 1, "one base version");
	is_str(b.base[0].path, "f/x", "its path");
	is_int((int64_t)b.ops[0].op, OP_REPLACE_BLOCK, "the tag");
	is_int(b.ops[0].end, 3, "end");
	ok(b.ops[0].block.p && b.ops[0].block.len == 0,
	    "an empty block is there");
	ok(!b.ops[0].block_file.p, "an absent one is not");
	is_str(b.ops[0].meta, "{\"k\":[1,2.50]}", "meta as it was sent");
	is_int(b.ops[0].mode, -1, "a field of another op is absent");
}

static void
test_queries(struct arena *a)
{
	static const struct { const char *query, *at; } bad[] = {
		{ "limit=0", "?limit" }, { "limit=1001", "?limit" },
		{ "limit=x", "?limit" }, { "limt=5", "?limt" },
		{ "order=up", "?order" }, { "from=yesterday", "?from" },
		{ "limit=1&limit=2", "?limit" }, { "file=%zz", "" },
		{ "file=%ff", "" }, { "search=a%00b", "" },
		{ "type=patch_aplied", "?type" }, { "status=typo", "?status" },
		{ "status=planned", "?status" },
	};
	struct log_query q;
	struct err e;

	for (size_t i = 0; i < countof(bad); i++) {
		e = (struct err){ 0 };
		ok(contract_query(&log_query_contract, str(bad[i].query), a,
		    &q, &e) == -1 && e.kind == ERR_BAD_QUERY &&
		    strcmp(e.at, bad[i].at) == 0, "refused: %s (%s)",
		    bad[i].query, e.at);
	}
	e = (struct err){ 0 };
	ok(contract_query(&log_query_contract, STR("file=a%2Fb+c&limit=7&"
	    "from=2026-11-22T18:30:05%2B02:00&type=patch_failed&order=asc&"
	    "status=not_applied"), a,
	    &q, &e) == 0, "accepted: %s", e.detail);
	is_str(q.file, "a/b c", "decoded");
	is_int(q.limit, 7, "limit");
	is_int(q.offset, 0, "offset by default");
	is_int(q.order, LOG_ASC, "order");
	is_int(q.type, EVENT_PATCH_FAILED, "type");
	is_int(q.status, LOG_NOT_APPLIED, "status");
	is_int(q.from_ms, 1795365005000, "a time with an offset");
	is_int(q.to_ms, -1, "no end");
}

static void
test_round_trip(struct arena *a)
{
	struct patch_event p, back;
	struct buf one = BUF_INIT(65536), two = BUF_INIT(65536);
	struct json_writer w1 = JSON_WRITER(&one), w2 = JSON_WRITER(&two);
	struct err e = { 0 };

	contract_defaults(&patch_event_contract, &p);
	p.type = EVENT_PATCH_APPLIED;
	p.patch_id = STR("p");
	p.file = STR("caf\xc3\xa9\n\"x");
	p.ts_ms = 1795365005123;
	p.ts_check_ok = TRI_FALSE;
	p.lines_added = 0;
	p.meta = STR("{\"a\":1}");
	contract_encode(&patch_event_contract, &p, &w1);
	ok(contract_decode_text(&patch_event_contract, buf_str(&one), a, &back,
	    &e) == 0, "what is written can be read: %s", e.detail);
	contract_encode(&patch_event_contract, &back, &w2);
	ok(str_eq(buf_str(&one), buf_str(&two)), "and is the same again");
	buf_free(&one);
	buf_free(&two);
}

static void
test_schema(struct arena *a)
{
	struct buf out = BUF_INIT(1 << 20);
	struct json_doc *doc = NULL;
	struct err e = { 0 };

	contract_schema(&patch_batch_contract, &out);
	ok(json_parse(buf_str(&out), a, &doc, &e) == 0,
	    "the schema is JSON: %s %s", e.detail, e.at);
	ok(str_find(buf_str(&out), STR("\"const\":\"replace-block\"")) <
	    out.len, "operations are told apart by a constant");
	json_doc_free(doc);
	buf_free(&out);
}

/* An object within another, and a rate of two of its numbers. */
struct outer {
	struct inner { int64_t hits, tries; struct str name; } in;
	int64_t n;
};

static const struct field inner_fields[] = {
	F_INT(struct inner, hits, "hits", FIELD_REQUIRED, 0, INT64_MAX, 0, "Hits."),
	F_INT(struct inner, tries, "tries", FIELD_REQUIRED, 0, INT64_MAX, 0, "Tries."),
	F_STR(struct inner, name, "name", 0, 0, 9, FMT_TEXT, "A name."),
	F_RATE(struct inner, hits, tries, "rate", "hits / tries."),
	F_END
};
static const struct contract inner_contract = {
	.name = "Inner", .size = sizeof(struct inner), .fields = inner_fields,
};
static const struct field outer_fields[] = {
	F_OBJECT(struct outer, in, "in", &inner_contract, "Inside."),
	F_INT(struct outer, n, "n", 0, 0, 9, 5, "A number."),
	F_END
};
static const struct contract outer_contract = {
	.name = "Outer", .size = sizeof(struct outer), .fields = outer_fields,
};

static const struct {
	const char *name, *text;
	const char *again;	/* as it is written; NULL: refused */
	const char *at;
} nested[] = {
	{ "whole", "{\"in\":{\"hits\":1,\"tries\":3,\"name\":\"x\"},\"n\":2}", "{\"in\":{\"hits\":1,\"tries\":3,\"name\":\"x\",\"rate\":0.3333333333333333},\"n\":2}", "" },
	{ "not there", "{}", "{\"in\":{\"hits\":0,\"tries\":0,\"name\":null,\"rate\":null},\"n\":5}", "" },
	{ "a rate follows", "{\"in\":{\"hits\":1,\"tries\":2,\"rate\":0.9}}", "{\"in\":{\"hits\":1,\"tries\":2,\"name\":null,\"rate\":0.5},\"n\":5}", "" },
	{ "all", "{\"in\":{\"hits\":2,\"tries\":2,\"rate\":1}}", "{\"in\":{\"hits\":2,\"tries\":2,\"name\":null,\"rate\":1},\"n\":5}", "" },
	{ "no number", "{\"in\":{\"hits\":1,\"tries\":2,\"rate\":\"1\"}}", NULL, "/in/rate" },
	{ "no object", "{\"in\":[]}", NULL, "/in" },
	{ "required inside", "{\"in\":{\"hits\":1}}", NULL, "/in/tries" },
	{ "unknown inside", "{\"in\":{\"hits\":1,\"tries\":1,\"x\":1}}", NULL, "/in/x" },
};

static void
test_nested(struct arena *a)
{
	struct buf out = BUF_INIT(KIB(16));

	for (size_t i = 0; i < countof(nested); i++) {
		struct json_writer w = JSON_WRITER(&out);
		struct err e = { 0 };
		struct outer o;
		int rc = contract_decode_text(&outer_contract,
		    str(nested[i].text), a, &o, &e);

		buf_reset(&out);
		if (rc == 0)
			contract_encode(&outer_contract, &o, &w);
		ok((rc == 0) == (nested[i].again != NULL) &&
		    strcmp(e.at, nested[i].at) == 0 && (rc != 0 ||
		    buf_is(&out, nested[i].again)), "nested, %s: %s at %s: %s",
		    nested[i].name, e.detail, e.at, rc ? "" : out.p);
	}
	buf_reset(&out);
	contract_schema(&outer_contract, &out);
	ok(strstr(out.p, "\"in\":{\"description\":\"Inside.\",\"$ref\":"
	    "\"#/$defs/Inner\"}") && strstr(out.p, "\"Inner\":{\"title\""),
	    "the schema refers to what is inside");
	ok(strstr(out.p, "\"rate\":{\"description\":\"hits / tries.\","
	    "\"type\":[\"number\",\"null\"],\"minimum\":0,\"maximum\":1}"),
	    "a rate is a number from 0 to 1");
	buf_free(&out);
}

int
main(void)
{
	struct arena *a = arena_new();

	test_rows(a);
	test_nested(a);
	test_all_faults(a);
	test_decoded(a);
	test_queries(a);
	test_round_trip(a);
	test_schema(a);
	arena_free(a);
	return done_testing();
}
