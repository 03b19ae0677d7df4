/* The recogniser and json-c understand the same texts; what is read, written
 * and read again is the same; a walk through an object meets the members of
 * its tree. */
#include "fuzz.h"

#include "json/json_check.h"
#include "json/json_reader.h"
#include "json/json_walk.h"

/* Look at everything. */
static size_t
walk(const struct json *n)
{
	const struct json *again;
	char name[64];
	size_t sum = 0;

	switch (json_kind(n)) {
	case JSON_STRING:
		return json_as_str(n).len;
	case JSON_ARRAY:
		for (size_t i = 0; i < json_count(n); i++)
			sum += walk(json_item(n, i));
		return sum;
	case JSON_OBJECT:
		for (json_each(it, n)) {
			sum += it.key.len + walk(it.value);
			if (it.key.len >= sizeof(name))
				continue;
			snprintf(name, sizeof(name), "%.*s", STR_ARG(it.key));
			need(json_member(n, name, &again) &&
			    again == it.value);
		}
		return sum;
	case JSON_INT:
		return json_as_int(n) != 0;
	case JSON_DOUBLE:
		return json_as_double(n) != 0;
	case JSON_BOOL:
		return json_as_bool(n);
	case JSON_NULL:
		break;
	}
	return 0;
}

static void
need_members(struct str text, const struct json *n, struct arena *a)
{
	struct json_walk w = json_walk_begin(text);
	struct str key, value;

	for (json_each(it, n)) {
		struct json_doc *one = NULL;

		need(json_walk_next(&w, &key, &value));
		/* the key with its quotes */
		need(str_eq(json_walk_text(str_n(key.p - 1, key.len + 2), a),
		    it.key));
		need(json_parse(value, a, &one, NULL) == 0);
		need(str_eq(json_text(json_root(one), a),
		    json_text(it.value, a)));
		if (json_kind(it.value) == JSON_STRING)
			need(str_eq(json_walk_text(value, a),
			    json_as_str(it.value)));
		else
			need(!json_walk_text(value, a).p);
		json_doc_free(one);
	}
	need(!json_walk_next(&w, &key, &value));
}

/* Of a text that is no JSON all that holds is that the walk ends. */
static void
walk_anything(struct str text, struct arena *a)
{
	struct json_walk w = json_walk_begin(text);
	struct str key, value;
	size_t n = 0;

	while (json_walk_next(&w, &key, &value)) {
		need(++n < text.len && value.len);
		json_walk_text(value, a);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_n((const char *)data, len), once, twice;
	struct arena *a = arena_new();
	struct json_doc *doc = NULL, *again = NULL;
	struct err e = { 0 };
	int rc = json_check(text, a, &e);

	need(rc == 0 || (e.kind == ERR_BAD_JSON && e.at[0]));
	need(json_parse(text, a, &doc, &e) == rc);
	walk_anything(text, a);
	if (rc == 0 && json_kind(json_root(doc)) == JSON_OBJECT)
		need_members(text, json_root(doc), a);
	if (rc == 0) {
		once = json_text(json_root(doc), a);
		need(json_parse(once, a, &again, &e) == 0);
		twice = json_text(json_root(again), a);
		need(str_eq(once, twice));
		need(walk(json_root(doc)) == walk(json_root(again)));
	}
	json_doc_free(doc);
	json_doc_free(again);
	arena_free(a);
	return 0;
}
