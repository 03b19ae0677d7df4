#include "bridge/resolve.h"

#include "edit_fixture.h"

#define B(name) "// ###FINAL_MILE_PROMPT__" name "###\n"
#define E(name) "// ###END_" name "###\n"

enum what { MARKER, ANCHOR, PATTERN, ID };

/* "3-5": a span, "<4": a place before line 4; all hits, with blanks. */
static struct str
hits_text(struct arena *a, const struct resolve_answer *r)
{
	struct str all = STR("");

	for (size_t i = 0; i < r->n; i++) {
		const struct resolve_hit *h = &r->hits[i];

		all = arena_fmt(a, "%.*s%s", STR_ARG(all), i ? " " : "");
		all = h->span.start ? arena_fmt(a, "%.*s%d-%d", STR_ARG(all),
		    (int)h->span.start, (int)h->span.end) :
		    arena_fmt(a, "%.*s<%d", STR_ARG(all),
		    (int)h->insert_before);
	}
	return all;
}

static const struct {
	const char *what, *text;
	enum what by;
	const char *of, *end;
	enum resolve_mode mode;
	bool markers;
	const char *want;	/* or the code of the error */
	size_t first;
} rows[] = {
	{ "a region", "a\n" B("X") "b\nc\n" E("X"), MARKER, "X", NULL, 0, 0, "3-4", 0 },
	{ "with its markers", "a\n" B("X") "b\n" E("X"), MARKER, "X", NULL, 0, 1, "2-4", 0 },
	{ "an empty region is a place", "a\n" B("X") E("X") "z\n", MARKER, "X", NULL, 0, 0, "<3", 0 },
	{ "with its markers it is a span", B("X") E("X"), MARKER, "X", NULL, 0, 1, "1-2", 0 },
	{ "a marker alone is its line", "a\n" B("X") "b\n", MARKER, "X", NULL, 0, 0, "2-2", 0 },
	{ "also with markers", "a\n" B("X") "b\n", MARKER, "X", NULL, 0, 1, "2-2", 0 },
	{ "begin and end on one line", "a\n###FINAL_MILE_PROMPT__X### ###END_X###\nb", MARKER, "X", NULL, 0, 0, "2-2", 0 },
	{ "all hits", B("X") "1\n" E("X") B("X") E("X") B("X"), MARKER, "X", NULL, 0, 0, "2-2 <5 6-6", 0 },
	{ "nested hits", B("X") "1\n" B("X") "2\n" E("X") E("X"), MARKER, "X", NULL, 0, 0, "2-5 4-4", 0 },
	{ "CRLF", "// ###FINAL_MILE_PROMPT__X###\r\nb\r\n// ###END_X###\r\n", MARKER, "X", NULL, 0, 0, "2-2", 0 },
	{ "insert goes before the end marker", B("X") "1\n2\n" E("X"), MARKER, "X", NULL, RESOLVE_INSERT, 0, "<4", 0 },
	{ "insert into an empty region", B("X") E("X"), MARKER, "X", NULL, RESOLVE_INSERT, 0, "<2", 0 },
	{ "insert before a region with its markers", "a\n" B("X") "1\n" E("X"), MARKER, "X", NULL, RESOLVE_INSERT, 1, "<2", 0 },
	{ "insert before a marker alone", "a\n" B("X"), MARKER, "X", NULL, RESOLVE_INSERT, 0, "<2", 0 },
	{ "insert before markers of one line", "a\n###FINAL_MILE_PROMPT__X### ###END_X###\n", MARKER, "X", NULL, RESOLVE_INSERT, 0, "<2", 0 },
	{ "span", B("X") "1\n" E("X"), MARKER, "X", NULL, RESOLVE_SPAN, 0, "2-2", 0 },
	{ "span of nothing", B("X") E("X"), MARKER, "X", NULL, RESOLVE_SPAN, 0, "out_of_range", 0 },
	{ "span passes over the empty ones", B("X") E("X") B("X") "1\n" E("X"), MARKER, "X", NULL, RESOLVE_SPAN, 0, "<2 4-4", 1 },
	{ "no such marker", B("X") E("X"), MARKER, "Y", NULL, 0, 0, "anchor_missing", 0 },
	{ "an end alone", E("X"), MARKER, "X", NULL, 0, 0, "anchor_missing", 0 },
	{ "an anchor", "a\nb\nc\n", ANCHOR, "b", NULL, 0, 0, "2-2", 0 },
	{ "an anchor more than once", "ab\nb\nc\n", ANCHOR, "b", NULL, 0, 0, "1-1 2-2", 0 },
	{ "an anchor to insert before", "a\nb", ANCHOR, "b", NULL, RESOLVE_INSERT, 0, "<2", 0 },
	{ "no such anchor", "a\nb", ANCHOR, "z", NULL, 0, 0, "anchor_missing", 0 },
	{ "no anchor in an empty file", "", ANCHOR, "z", NULL, 0, 0, "anchor_missing", 0 },
	{ "a pattern", "a1\nb\nc22\n", PATTERN, "[0-9]+$", NULL, 0, 0, "1-1 3-3", 0 },
	{ "no such line", "a\nb", PATTERN, "^z", NULL, 0, 0, "anchor_missing", 0 },
	{ "a pattern that is none", "a\n", PATTERN, "(", NULL, 0, 0, "invalid", 0 },
	{ "a pattern without end", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n", PATTERN, "(a+)+$", NULL, 0, 0, "limit_exceeded", 0 },
	{ "an id", "<<<BEGIN:x>>>\n1\n<<<END:x>>>\n", ID, "x", NULL, 0, 0, "2-2", 0 },
	{ "two ids", "<<<BEGIN:x>>>\n1\n<<<END:x>>>\n2\n<<<END:y>>>\n", ID, "x", "y", 0, 0, "2-4", 0 },
	{ "no such id", "<<<BEGIN:x>>>\n", ID, "y", NULL, 0, 0, "anchor_missing", 0 },
};

static struct resolve_request
request(size_t i)
{
	struct resolve_request q;

	contract_defaults(&resolve_request_contract, &q);
	q.file = STR("f");
	*(rows[i].by == MARKER ? &q.marker : rows[i].by == ANCHOR ? &q.anchor :
	    rows[i].by == PATTERN ? &q.pattern : &q.begin_id) = str(rows[i].of);
	q.end_id = str(rows[i].end);
	q.mode = (int)rows[i].mode;
	q.include_markers = rows[i].markers;
	return q;
}

static void
test_rows(struct fixture *f)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct resolve_request q = request(i);
		struct resolve_answer r;
		struct err e = { 0 };
		int rc;

		fixture_put(f, "f", str(rows[i].text));
		rc = resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e);
		is_str(rc ? str(err_row(e.kind)->code) : hits_text(f->a, &r),
		    rows[i].want, "%s", rows[i].what);
		if (rc == 0)
			is_int(r.first, rows[i].first, "%s: the first",
			    rows[i].what);
		else
			ok(e.at[0] == '/', "%s: says where: %s", rows[i].what,
			    e.at);
	}
}

static void
test_asked(struct fixture *f)
{
	static const struct {
		const char *what, *json, *at;
	} asked[] = {
		{ "nothing", "{\"file\":\"f\"}", "/beginId" },
		{ "two things", "{\"file\":\"f\",\"marker\":\"X\",\"anchor\":\"y\"}", "/marker" },
		{ "two others", "{\"file\":\"f\",\"anchor\":\"y\",\"pattern\":\"y\"}", "/anchor" },
		{ "an end without begin", "{\"file\":\"f\",\"anchor\":\"y\",\"endId\":\"x\"}", "/endId" },
		{ "no file", "{\"anchor\":\"y\"}", "/file" },
		{ "a file outside", "{\"file\":\"../f\",\"anchor\":\"y\"}", "/file" },
		{ "an empty anchor", "{\"file\":\"f\",\"anchor\":\"\"}", "/anchor" },
		{ "a mode that is none", "{\"file\":\"f\",\"anchor\":\"y\",\"mode\":\"both\"}", "/mode" },
		{ "a member nobody knows", "{\"file\":\"f\",\"anchor\":\"y\",\"line\":1}", "/line" },
	};

	for (size_t i = 0; i < countof(asked); i++) {
		struct resolve_request q;
		struct err e = { 0 };
		int rc = contract_decode_text(&resolve_request_contract,
		    str(asked[i].json), f->a, &q, &e);

		ok((rc != 0 || resolve_check(&q, &e) != 0) &&
		    !strcmp(e.at, asked[i].at), "%s is refused at %s, %s",
		    asked[i].what, asked[i].at, e.at);
	}
}

static void
test_files(struct fixture *f)
{
	struct resolve_request q;
	struct resolve_answer r;
	struct err e = { 0 };
	char *many = arena_alloc(f->a, 2 * (HITS_MAX + 1));

	contract_defaults(&resolve_request_contract, &q);
	q.anchor = STR("a");
	q.file = STR("none/at/all");
	ok(resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == 0 &&
	    !r.exists && !r.n && !r.sha256.p, "a missing file is new");
	fixture_put(f, "f", str_n("a\0b", 3));
	q.file = STR("f");
	ok(resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == -1 &&
	    e.kind == ERR_BINARY_FILE, "a binary file has no lines");
	fixture_put(f, "f", STR("###FINAL_MILE_PROMPT__X### ###END_X###\n"));
	q = (struct resolve_request){ .file = STR("f"), .marker = STR("X") };
	ok(resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == 0 &&
	    r.n == 1 && r.hits[0].closed && !r.hits[0].inner.start &&
	    r.hits[0].outer.end == 1, "markers of one line have none between");
	q = (struct resolve_request){ .file = STR("f"), .anchor = STR("a") };
	fixture_put(f, "f", STR("b\na\n\n"));
	ok(resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == 0 &&
	    r.lines == 3 && str_is(r.sha256, sha256_hex(f->a,
	    sha256_of(STR("b\na\n\n"))).p), "the version is told");
	ok(resolve(f->a, f->ws, 4, &q, &r, &e) == -1 &&
	    e.kind == ERR_LIMIT_EXCEEDED, "a file that is too large");
	for (size_t i = 0; i <= HITS_MAX; i++)
		memcpy(many + 2 * i, "a\n", 2);
	fixture_put(f, "f", str_n(many, 2 * HITS_MAX));
	ok(resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == 0 &&
	    r.n == HITS_MAX, "as many hits as are allowed");
	fixture_put(f, "f", str_n(many, 2 * (HITS_MAX + 1)));
	e = (struct err){ 0 };
	ok(resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == -1 &&
	    e.kind == ERR_LIMIT_EXCEEDED && !strcmp(e.at, "/anchor"),
	    "one more is an error");
}

static void
test_encode(struct fixture *f)
{
	struct buf out = BUF_INIT(KIB(64));
	struct json_writer w = JSON_WRITER(&out);
	struct resolve_request q;
	struct resolve_answer r;
	struct err e;
	struct str sha;

	contract_defaults(&resolve_request_contract, &q);
	q.file = STR("f");
	q.marker = STR("X");
	fixture_put(f, "f", STR(B("X") E("X") B("X") "1\n" E("X")));
	sha = sha256_hex(f->a, sha256_of(fixture_get(f, "f")));
	if (resolve(f->a, f->ws, FILE_DEFAULT_BYTES, &q, &r, &e) == 0)
		resolve_encode(&w, &r);
	is_str(buf_str(&out), arena_fmt(f->a, "{\"ok\":true,"
	    "\"mode\":\"existing\",\"insertBeforeLine\":2,\"ambiguous\":true,"
	    "\"file\":\"f\",\"sha256\":\"%.*s\",\"lines\":5,\"hits\":["
	    "{\"insertBeforeLine\":2,\"inner\":null,"
	    "\"outer\":{\"start\":1,\"end\":2},\"closed\":true,\"depth\":0},"
	    "{\"span\":{\"start\":4,\"end\":4},"
	    "\"inner\":{\"start\":4,\"end\":4},"
	    "\"outer\":{\"start\":3,\"end\":5},\"closed\":true,\"depth\":0}"
	    "]}", STR_ARG(sha)).p, "the answer as JSON");
	buf_free(&out);
}

int
main(void)
{
	struct fixture f = fixture_new();

	test_rows(&f);
	test_asked(&f);
	test_files(&f);
	test_encode(&f);
	fixture_free(&f);
	return done_testing();
}
