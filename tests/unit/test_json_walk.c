/* A walk through an object: a row per edge, and against the reader for texts
 * of chance and those that the fuzzer starts from. */
#include <fts.h>

#include "any.h"
#include "base/fd.h"
#include "json/json_reader.h"
#include "json/json_walk.h"
#include "json/json_writer.h"
#include "tap.h"

static const struct {
	const char *name, *text;
	const char *members;	/* "key=value|…", as they stand */
} rows[] = {
	{ "empty", "{}", "" },
	{ "empty, with blanks", " { \n } ", "" },
	{ "one", "{\"a\":1}", "a=1|" },
	{ "all kinds", "{\"a\":-1.5e3,\"b\":\"x\",\"c\":true,\"d\":null,\"e\":[],\"f\":{}}",
	  "a=-1.5e3|b=\"x\"|c=true|d=null|e=[]|f={}|" },
	{ "blanks", "\t{ \"a\" :\r\n1 , \"b\" : [ 1 , 2 ] } ", "a=1|b=[ 1 , 2 ]|" },
	{ "nested", "{\"a\":{\"b\":[{\"c\":\"}]\"},[[]]]},\"d\":0}",
	  "a={\"b\":[{\"c\":\"}]\"},[[]]]}|d=0|" },
	{ "quotes in a value", "{\"a\":\"\\\"\",\"b\":\"\\\\\"}",
	  "a=\"\\\"\"|b=\"\\\\\"|" },
	{ "quotes in a nested one", "{\"a\":[\"\\\"]\"],\"b\":{\"}\\\\\":\"{\"}}",
	  "a=[\"\\\"]\"]|b={\"}\\\\\":\"{\"}|" },
	{ "quotes in a key", "{\"\\\"a\\\"\":1,\"\":2}", "\\\"a\\\"=1|=2|" },
	{ "comma and colon in a string", "{\"a,:b\":\",:\"}", "a,:b=\",:\"|" },
	{ "an array", "[{\"a\":1}]", "" },
	{ "a string", "\"{}\"", "" },
	{ "nothing", "", "" },
	/* not JSON: it ends */
	{ "no end", "{\"a\":1", "a=1|" },
	{ "no value", "{\"a\":", "" },
	{ "no colon", "{\"a\" 1}", "" },
	{ "a string without end", "{\"a\":\"x\\\"", "" },
	{ "an array without end", "{\"a\":[[]", "" },
	{ "a key without end", "{\"a", "" },
};

static const struct { const char *value; struct str text; } texts[] = {
	{ "\"\"", STR("") },
	{ "\"plain\"", STR("plain") },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR("\"\\/\b\f\n\r\t") },
	{ "\"\\u0041\\u00e9\\u20AC\"", STR("A\xc3\xa9\xe2\x82\xac") },
	{ "\"\\ud83d\\ude00x\"", STR("\xf0\x9f\x98\x80x") },
	{ "\"a\\u0000b\"", STR("a\0b") },
	{ "\"\\\\u0041\"", STR("\\u0041") },
	{ "\"\xc3\xa9\\n\"", STR("\xc3\xa9\n") },
	{ "null", { NULL, 0 } },
	{ "1", { NULL, 0 } },
	{ "{\"a\":\"b\"}", { NULL, 0 } },
	{ "[\"a\"]", { NULL, 0 } },
};

static void
test_rows(struct arena *a)
{
	for (size_t i = 0; i < countof(rows); i++) {
		struct json_walk w = json_walk_begin(str(rows[i].text));
		struct buf got = BUF_INIT(KIB(4));
		struct str key, value;

		while (json_walk_next(&w, &key, &value))
			buf_addf(&got, "%.*s=%.*s|", STR_ARG(key),
			    STR_ARG(value));
		is_str(buf_str(&got), rows[i].members, "%s", rows[i].name);
		buf_free(&got);
	}
	for (size_t i = 0; i < countof(texts); i++) {
		struct str s = json_walk_text(str(texts[i].value), a);

		ok(str_eq(s, texts[i].text) && !s.p == !texts[i].text.p,
		    "the text of %s", texts[i].value);
	}
}

/* Does the walk meet what the tree has, in the same order? */
static bool
agrees(struct str text, const struct json *n, struct arena *a)
{
	struct json_walk w = json_walk_begin(text);
	struct str key, value;
	bool same = true;

	for (json_each(it, n)) {
		struct json_doc *one = NULL;

		if (!json_walk_next(&w, &key, &value) ||
		    json_parse(value, a, &one, NULL) != 0)
			return false;
		same = same && str_eq(json_walk_text(str_n(key.p - 1,
		    key.len + 2), a), it.key) &&
		    str_eq(json_text(json_root(one), a), json_text(it.value, a)) &&
		    (json_kind(it.value) != JSON_STRING ||
		    str_eq(json_walk_text(value, a), json_as_str(it.value)));
		json_doc_free(one);
	}
	return same && !json_walk_next(&w, &key, &value);
}

/* Bytes that need care: half of them are escaped or end things. */
static struct str
any_string(struct arena *a)
{
	static const char *const parts[] = { "\"", "\\", "\\\\\"", "\n", "\x01",
	    "{", "}", "]", ",", ":", "\xc3\xa9", "\xf0\x9f\x98\x80", "a", "key",
	    "\\u0041", "\x7f" };
	struct buf b = BUF_INIT(KIB(4));
	struct str s;

	for (size_t n = pick(6); n; n--)
		buf_adds(&b, parts[pick(countof(parts))]);
	s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void
any_value(struct json_writer *w, struct arena *a, int depth)
{
	switch (pick(depth < 4 ? 7 : 5)) {
	case 0: json_put_null(w); return;
	case 1: json_put_bool(w, pick(2)); return;
	case 2: json_put_int(w, (int64_t)pick(SIZE_MAX) - 1000000); return;
	case 3: json_put_double(w, (double)pick(100000) / 7); return;
	case 4: json_put_str(w, any_string(a)); return;
	case 5:
		json_array_open(w);
		for (size_t n = pick(4); n; n--)
			any_value(w, a, depth + 1);
		json_array_close(w);
		return;
	default:
		json_object_open(w);
		for (size_t n = pick(4); n; n--) {
			json_key(w, arena_fmt(a, "%zu%s", n,
			    any_string(a).p).p);
			any_value(w, a, depth + 1);
		}
		json_object_close(w);
	}
}

static void
test_any(struct arena *a)
{
	uint64_t seed = any_seed();
	size_t objects = 0;

	any_begin(seed);
	for (size_t i = 0; i < 3000; i++) {
		struct buf b = BUF_INIT(MIB(1));
		struct json_writer w = JSON_WRITER(&b);
		struct json_doc *doc = NULL;

		any_value(&w, a, 0);
		if (json_parse(buf_str(&b), a, &doc, NULL) != 0 ||
		    (json_kind(json_root(doc)) == JSON_OBJECT && ++objects &&
		    !agrees(buf_str(&b), json_root(doc), a))) {
			ok(false, "seed %llu: %s", (unsigned long long)seed, b.p);
			i = 3000;
		}
		json_doc_free(doc);
		buf_free(&b);
		arena_reset(a);
	}
	ok(objects > 100, "what the writer makes is walked as it is read");
}

static bool
is_broken(struct str text, struct arena *a)
{
	struct json_walk w;
	struct str key, value;

	/* each beginning of it, in memory of that size */
	for (size_t n = 0; n <= text.len; n++) {
		char *copy = malloc(n + !n);
		size_t found = 0;

		if (n)
			memcpy(copy, text.p, n);
		w = json_walk_begin(str_n(copy, n));
		while (json_walk_next(&w, &key, &value)) {
			found += !value.len || key.p < copy ||
			    value.p + value.len > copy + n;
			json_walk_text(value, a);
		}
		free(copy);
		if (found)
			return true;
	}
	return false;
}

static void
test_corpus(struct arena *a)
{
	const char *top = getenv("abs_top_srcdir");
	char *path = arena_cstr(a, arena_fmt(a, "%s/tests/fuzz/corpus/json",
	    top ? top : "."));
	char *const paths[] = { path, NULL };
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t objects = 0;
	FTSENT *at;

	while (walk && (at = fts_read(walk))) {
		struct buf b = BUF_INIT(MIB(1));
		struct json_doc *doc = NULL;
		FILE *f = at->fts_info == FTS_F ? fopen(at->fts_path, "r") : NULL;

		if (!f)
			continue;
		if (fd_read_all(fileno(f), &b) == 0) {
			ok(b.len > KIB(16) || !is_broken(buf_str(&b), a),
			    "%s: no walk leaves it", at->fts_name);
			if (json_parse(buf_str(&b), a, &doc, NULL) == 0 &&
			    json_kind(json_root(doc)) == JSON_OBJECT && ++objects)
				ok(agrees(buf_str(&b), json_root(doc), a),
				    "%s: walked as it is read", at->fts_name);
		}
		fclose(f);
		json_doc_free(doc);
		buf_free(&b);
	}
	if (walk)
		fts_close(walk);
	ok(objects > 0 || !top, "there were some");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_rows(a);
	test_any(a);
	test_corpus(a);
	arena_free(a);
	return done_testing();
}
