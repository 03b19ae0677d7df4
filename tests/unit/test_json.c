/* The reader is stricter than json-c: a row per thing that json-c accepts or
 * changes silently, and per edge of the grammar. */
#include "json/json_reader.h"
#include "json/json_writer.h"
#include "tap.h"

static const struct {
	const char *name;
	struct str text;
	const char *at;		/* NULL: accepted */
} rows[] = {
	{ "an object", STR("{\"a\":[1,-2.5e3,true,null,\"x\"]}"), NULL },
	{ "a bare number", STR("17"), NULL },
	{ "blanks around", STR(" \t\r\n{} \n"), NULL },
	{ "surrogate pair", STR("\"\\ud83d\\ude00\""), NULL },
	{ "largest integer", STR("9223372036854775807"), NULL },
	{ "smallest integer", STR("-9223372036854775808"), NULL },
	{ "same key in two objects", STR("[{\"a\":1},{\"a\":1}]"), NULL },
	{ "NUL in a value, escaped", STR("\"a\\u0000b\""), NULL },
	{ "empty", STR(""), "line 1 column 1" },
	{ "duplicate key", STR("{\"a\":1,\n\"a\":2}"), "line 2 column 1" },
	{ "duplicate key, spelled differently", STR("{\"a\":1,\"\\u0061\":2}"), "line 1 column 8" },
	{ "trailing text", STR("{} x"), "line 1 column 4" },
	{ "trailing NUL", STR("{}\0{}"), "line 1 column 3" },
	{ "trailing comma in an object", STR("{\"a\":1,}"), "line 1 column 8" },
	{ "trailing comma in an array", STR("[1,]"), "line 1 column 4" },
	{ "NaN", STR("[NaN]"), "line 1 column 2" },
	{ "Infinity", STR("[Infinity]"), "line 1 column 2" },
	{ "-Infinity", STR("[-Infinity]"), "line 1 column 2" },
	{ "leading zero", STR("[-012]"), "line 1 column 2" },
	{ "no digits behind the point", STR("[1.]"), "line 1 column 2" },
	{ "no digits before the point", STR("[-.5]"), "line 1 column 2" },
	{ "integer beyond 64 bits", STR("[9223372036854775808]"), "line 1 column 2" },
	{ "1e400", STR("[1e400]"), "line 1 column 2" },
	{ "single quotes", STR("{'a':0}"), "line 1 column 2" },
	{ "raw tab in a string", STR("\"a\tb\""), "line 1 column 3" },
	{ "raw newline in a string", STR("\"a\nb\""), "line 1 column 3" },
	{ "lone high surrogate", STR("\"\\ud800\""), "line 1 column 4" },
	{ "lone low surrogate", STR("\"\\udc00\""), "line 1 column 4" },
	{ "NUL in a key", STR("{\"a\\u0000b\":1}"), "line 1 column 6" },
	{ "unknown escape", STR("\"\\x\""), "line 1 column 3" },
	{ "string without end", STR("[\"a]"), "line 1 column 2" },
	{ "overlong UTF-8", STR("\"\xc0\xaf\""), "line 1 column 2" },
	{ "surrogate in UTF-8", STR("\"\xed\xa0\x80\""), "line 1 column 2" },
	{ "beyond U+10FFFF", STR("\"\xf4\x90\x80\x80\""), "line 1 column 2" },
	{ "byte order mark", STR("\xef\xbb\xbf{}"), "line 1 column 1" },
	{ "a comment", STR("{/*x*/}"), "line 1 column 2" },
	{ "True", STR("True"), "line 1 column 1" },
};

static void
test_rows(struct arena *a)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct json_doc *doc = NULL;
		struct err e = { 0 };
		int rc = json_parse(rows[i].text, a, &doc, &e);

		if (!rows[i].at)
			ok(rc == 0, "accepted: %s (%s)", rows[i].name, e.detail);
		else
			ok(rc == -1 && e.kind == ERR_BAD_JSON &&
			    strcmp(e.at, rows[i].at) == 0,
			    "refused: %s at %s (got %s)", rows[i].name,
			    rows[i].at, e.at);
		json_doc_free(doc);
	}
}

static void
test_depth(struct arena *a)
{
	for (int n = JSON_MAX_DEPTH; n <= JSON_MAX_DEPTH + 1; n++) {
		struct buf text = BUF_INIT(4096);
		struct json_doc *doc = NULL;
		int rc;

		for (int i = 0; i < n; i++)
			buf_addc(&text, '[');
		for (int i = 0; i < n; i++)
			buf_addc(&text, ']');
		rc = json_parse(buf_str(&text), a, &doc, &(struct err){ 0 });
		ok((rc == 0) == (n == JSON_MAX_DEPTH), "depth %d", n);
		json_doc_free(doc);
		buf_free(&text);
	}
}

static void
test_writer(void)
{
	struct buf out = BUF_INIT(4096);
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "a");
	json_array_open(&w);
	json_put_int(&w, -1);
	json_put_int(&w, INT64_MIN);
	json_put_int(&w, 1200);
	json_put_double(&w, 0.1);
	json_put_str(&w, STR("q\"\\\n\x01\x7f"));
	json_put_str(&w, STR("bad\xff"));
	json_put_str(&w, STR_NONE);
	json_put_bool(&w, true);
	json_array_close(&w);
	json_key(&w, "b");
	json_put_raw(&w, STR("{}"));
	json_object_close(&w);
	is_str(buf_str(&out), "{\"a\":[-1,-9223372036854775808,1200,0.1,\"q\\\"\\\\\\n\\u0001\\u007f\","
	    "\"bad\xef\xbf\xbd\",null,true],\"b\":{}}", "the writer escapes");
	buf_free(&out);
}

/* Every byte at every place of a word of eight, against the slow truth. */
static void
test_each_byte(struct arena *a)
{
	bool held = true;

	for (int c = 0; c < 128; c++)
		for (int at = 0; at < 17; at++) {
			char text[] = "abcdefghijklmnopq";
			struct buf out = BUF_INIT(200);
			struct json_doc *doc = NULL;

			text[at] = (char)c;
			json_quote(&out, str_n(text, 17));
			held = held && json_parse(buf_str(&out), a, &doc,
			    &(struct err){ 0 }) == 0 &&
			    str_eq(json_as_str(json_root(doc)),
			    str_n(text, 17)) && (out.len == 19) ==
			    (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f);
			json_doc_free(doc);
			buf_free(&out);
		}
	ok(held, "each ASCII byte is escaped when it must be, and only then");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_rows(a);
	test_depth(a);
	test_writer();
	test_each_byte(a);
	arena_free(a);
	return done_testing();
}
