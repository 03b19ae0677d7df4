#include "json/json_reader.h"

#include <json-c/json.h>
#include <limits.h>

#include "json/json_check.h"

/* A node is json-c's own; the document only keeps the root alive. */
struct json_doc {
	struct json_object *root;
};

/* json-c's getters want a mutable object even where they only look. */
static struct json_object *
node(const struct json *n)
{
	return (struct json_object *)(uintptr_t)n;
}

int
json_parse(struct str text, struct arena *a, struct json_doc **out,
    struct err *e)
{
	struct json_tokener *t;
	struct json_object *root;
	bool whole;

	if (json_check(text, a, e) != 0)
		return -1;
	if (text.len > INT_MAX)
		return err_set(e, ERR_BAD_JSON, "longer than json-c can read");
	t = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
	if (!t)
		abort();
	json_tokener_set_flags(t,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	root = json_tokener_parse_ex(t, text.p, (int)text.len);
	/* a bare number is only ended by what follows it */
	if (json_tokener_get_error(t) == json_tokener_continue)
		root = json_tokener_parse_ex(t, "", 1);
	whole = json_tokener_get_error(t) == json_tokener_success;
	if (!whole)
		err_set(e, ERR_BAD_JSON, "%s",
		    json_tokener_error_desc(json_tokener_get_error(t)));
	json_tokener_free(t);
	if (!whole) {
		json_object_put(root);
		return -1;
	}
	*out = malloc(sizeof(**out));
	if (!*out)
		abort();
	(*out)->root = root;
	return 0;
}

void
json_doc_free(struct json_doc *d)
{
	if (!d)
		return;
	json_object_put(d->root);
	free(d);
}

const struct json *
json_root(const struct json_doc *d)
{
	return (const struct json *)d->root;
}

enum json_kind
json_kind(const struct json *n)
{
	switch (json_object_get_type(node(n))) {
	case json_type_boolean: return JSON_BOOL;
	case json_type_int: return JSON_INT;
	case json_type_double: return JSON_DOUBLE;
	case json_type_string: return JSON_STRING;
	case json_type_array: return JSON_ARRAY;
	case json_type_object: return JSON_OBJECT;
	case json_type_null: break;
	}
	return JSON_NULL;
}

const char *
json_kind_name(enum json_kind k)
{
	static const char *const names[] = { "null", "boolean", "integer",
	    "number", "string", "array", "object" };

	return names[k];
}

bool
json_as_bool(const struct json *n)
{
	return json_object_get_boolean(node(n));
}

int64_t
json_as_int(const struct json *n)
{
	return json_object_get_int64(node(n));
}

double
json_as_double(const struct json *n)
{
	return json_object_get_double(node(n));
}

struct str
json_as_str(const struct json *n)
{
	return str_n(json_object_get_string(node(n)),
	    (size_t)json_object_get_string_len(node(n)));
}

size_t
json_count(const struct json *n)
{
	if (json_kind(n) == JSON_ARRAY)
		return json_object_array_length(node(n));
	return (size_t)json_object_object_length(node(n));
}

const struct json *
json_item(const struct json *n, size_t i)
{
	return (const struct json *)json_object_array_get_idx(node(n), i);
}

bool
json_member(const struct json *n, const char *name, const struct json **out)
{
	struct json_object *v;

	if (!json_object_object_get_ex(node(n), name, &v))
		return false;
	*out = (const struct json *)v;
	return true;
}

static struct json_iter
entry(struct lh_entry *ent)
{
	if (!ent)
		return (struct json_iter){ .key = STR_NONE };
	return (struct json_iter){
		.key = str(lh_entry_k(ent)),
		.value = lh_entry_v(ent),
		.next = lh_entry_next(ent),
	};
}

struct json_iter
json_first(const struct json *object)
{
	return entry(lh_table_head(json_object_get_object(node(object))));
}

void
json_next(struct json_iter *it)
{
	*it = entry(it->next);
}

struct str
json_text(const struct json *n, struct arena *a)
{
	size_t len = 0;
	const char *p = json_object_to_json_string_length(node(n),
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);

	return arena_str(a, str_n(p, len));
}
