/* json_reader.h - strict JSON (RFC 8259) into a tree.
 *
 * json-c alone accepts duplicate keys, raw control characters, NaN, lone
 * surrogates, -01 and clamps big integers.  Here a recogniser reads the text
 * first and refuses all of that, naming the place; json-c then builds the tree
 * of a text that both understand in the same way.
 *
 * A document lives until json_doc_free(); nodes and strings are borrowed from
 * it.  A NULL node is JSON's null (ask json_type). */
#ifndef JSON_JSON_READER_H
#define JSON_JSON_READER_H

#include "base/arena.h"
#include "base/err.h"

enum json_kind {
	JSON_NULL, JSON_BOOL, JSON_INT, JSON_DOUBLE, JSON_STRING, JSON_ARRAY,
	JSON_OBJECT
};

struct json_doc;
struct json;		/* a node, opaque */

/* The arena is for working space and the error.  -1 with ERR_BAD_JSON and
 * at = "line L column C". */
int json_parse(struct str text, struct arena *a, struct json_doc **out,
    struct err *e);
void json_doc_free(struct json_doc *d);		/* NULL is fine */
const struct json *json_root(const struct json_doc *d);

enum json_kind json_kind(const struct json *n);
const char *json_kind_name(enum json_kind k);	/* "string" */
bool json_as_bool(const struct json *n);
int64_t json_as_int(const struct json *n);		/* exact */
double json_as_double(const struct json *n);	/* finite */
struct str json_as_str(const struct json *n);
size_t json_count(const struct json *n);	/* of an array or object */
const struct json *json_item(const struct json *n, size_t i);
/* False when the object has no such member; a null member is true. */
bool json_member(const struct json *n, const char *name, const struct json **out);

struct json_iter {
	struct str key;
	const struct json *value;
	void *next;
};
#define json_each(it, object) \
	struct json_iter it = json_first(object); it.key.p; json_next(&it)
struct json_iter json_first(const struct json *object);
void json_next(struct json_iter *it);

/* The node as compact JSON text, from the arena. */
struct str json_text(const struct json *n, struct arena *a);

#endif
