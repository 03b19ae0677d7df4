/* contract.h - shapes as data.
 *
 * A contract is a table of fields over a C struct.  From it come: decoding of
 * JSON with every fault named by a JSON pointer, encoding, query strings, the
 * configuration, and JSON Schema 2020-12.  No other place knows a shape.
 *
 * Absent values: a str is STR_NONE, a number or time the field's `none`. */
#ifndef CONTRACT_CONTRACT_H
#define CONTRACT_CONTRACT_H

#include "base/arena.h"
#include "base/err.h"
#include "contract/format.h"
#include "json/json_reader.h"
#include "json/json_writer.h"

enum field_type {
	FIELD_END,
	FIELD_STR,	/* struct str */
	FIELD_INT,	/* int64_t */
	FIELD_BOOL,	/* bool */
	FIELD_TRI,	/* int64_t: -1 null, 0 false, 1 true */
	FIELD_ENUM,	/* int (an enum): index into names */
	FIELD_TIME,	/* int64_t ms UTC; RFC 3339 text on the wire */
	FIELD_RAW,	/* struct str: the text of any JSON object */
	FIELD_STRS,	/* struct str pointer with a size_t count: array of strings */
	FIELD_LIST,	/* pointer to structs of sub, with a size_t count */
	FIELD_MAP,	/* the same, as an object: name → value, sub has two
			   str fields: the name and the value */
	FIELD_OBJECT,	/* a struct of sub, within this one */
	FIELD_RATE,	/* of two int64_t, numerator and denominator: their
			   quotient, null without a denominator.  It follows
			   from them and is not read back. */
};

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_OMIT = 2,		/* encode nothing instead of null */
	FIELD_SECRET = 4,	/* never shown by patchctl config */
	FIELD_BARE = 8,		/* a setting that is also known by its name
				   without PATCHWARDEN_ */
};

struct contract;

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	size_t offset, count_offset;	/* FIELD_RATE: of its denominator */
	int64_t min, max;	/* of a number; of a length in bytes or items */
	int64_t none;		/* FIELD_INT, FIELD_TIME: default; absent;
				   FIELD_STRS: bytes of one string at most */
	const char *preset;	/* FIELD_STR, FIELD_ENUM, FIELD_BOOL: default;
				   FIELD_INT: a word that stands for 0 */
	enum format format;
	const char *const *names;	/* FIELD_ENUM: by value, NULL: not one;
					   ends with the count in max */
	const struct contract *sub;
	const char *doc;	/* one sentence; goes into schema and manual */
};

/* One form of a union: the fields that go with this value of the tag. */
struct variant {
	const char *tag;
	int value;
	const struct field *fields;
	const char *doc;
};

struct contract {
	const char *name;		/* "PatchBatch"; its schema's title */
	size_t size;			/* of the struct */
	const struct field *fields;	/* ends with FIELD_END; common to all */
	const char *tag;		/* union: the member that tells */
	size_t tag_offset;		/* an enum */
	const struct variant *variants;	/* ends with tag NULL */
	bool open;			/* unknown members are skipped */
	const char *doc;
};

/* Rows.  S is the struct, m its member. */
#define F_STR(S, m, nm, flg, lo, hi, fmt, text) { .name = nm, \
	.type = FIELD_STR, .flags = flg, .offset = offsetof(S, m), .min = lo, \
	.max = (int64_t)(hi), .format = fmt, .doc = text }
#define F_STR_PRESET(S, m, nm, pre, hi, fmt, text) { .name = nm, \
	.type = FIELD_STR, .offset = offsetof(S, m), .preset = pre, \
	.max = (int64_t)(hi), .format = fmt, .doc = text }
#define F_INT(S, m, nm, flg, lo, hi, absent, text) { .name = nm, \
	.type = FIELD_INT, .flags = flg, .offset = offsetof(S, m), .min = lo, \
	.max = (int64_t)(hi), .none = absent, .doc = text }
#define F_INT_OR(S, m, nm, flg, lo, hi, absent, word, text) { .name = nm, \
	.type = FIELD_INT, .flags = flg, .offset = offsetof(S, m), .min = lo, \
	.max = (int64_t)(hi), .none = absent, .preset = word, .doc = text }
#define F_STRS(S, m, n, nm, flg, lo, hi, item, fmt, text) { .name = nm, \
	.type = FIELD_STRS, .flags = flg, .offset = offsetof(S, m), \
	.count_offset = offsetof(S, n), .min = lo, .max = (int64_t)(hi), \
	.none = (int64_t)(item), .format = fmt, .doc = text }
#define F_BOOL(S, m, nm, pre, text) { .name = nm, .type = FIELD_BOOL, \
	.offset = offsetof(S, m), .preset = pre, .doc = text }
#define F_TRI(S, m, nm, flg, text) { .name = nm, .type = FIELD_TRI, \
	.flags = flg, .offset = offsetof(S, m), .none = -1, .doc = text }
#define F_ENUM(S, m, nm, flg, list, n, pre, text) { .name = nm, \
	.type = FIELD_ENUM, .flags = flg, .offset = offsetof(S, m), \
	.names = list, .max = n, .preset = pre, .doc = text }
#define F_TIME(S, m, nm, flg, text) { .name = nm, .type = FIELD_TIME, \
	.flags = flg, .offset = offsetof(S, m), .none = -1, .doc = text }
#define F_RAW(S, m, nm, flg, text) { .name = nm, .type = FIELD_RAW, \
	.flags = flg, .offset = offsetof(S, m), .max = META_MAX_BYTES, .doc = text }
#define F_LIST(S, m, n, nm, flg, lo, hi, of, text) { .name = nm, \
	.type = FIELD_LIST, .flags = flg, .offset = offsetof(S, m), \
	.count_offset = offsetof(S, n), .min = lo, .max = (int64_t)(hi), \
	.sub = of, .doc = text }
#define F_MAP(S, m, n, nm, hi, of, text) { .name = nm, \
	.type = FIELD_MAP, .offset = offsetof(S, m), \
	.count_offset = offsetof(S, n), .max = (int64_t)(hi), \
	.sub = of, .doc = text }
#define F_OBJECT(S, m, nm, of, text) { .name = nm, .type = FIELD_OBJECT, \
	.offset = offsetof(S, m), .sub = of, .doc = text }
#define F_RATE(S, num, den, nm, text) { .name = nm, .type = FIELD_RATE, \
	.offset = offsetof(S, num), .count_offset = offsetof(S, den), \
	.max = 1, .doc = text }
#define F_END { .type = FIELD_END }

/* Fill *out (c->size bytes) with the defaults. */
void contract_defaults(const struct contract *c, void *out);

/* Decode n into *out; strings come from the arena.  All faults of the value
 * are found, up to FAULTS_MAX: the first in *e, the others behind e->next. */
int contract_decode(const struct contract *c, const struct json *n,
    struct arena *a, void *out, struct err *e);
/* Parse, then decode. */
int contract_decode_text(const struct contract *c, struct str text,
    struct arena *a, void *out, struct err *e);

void contract_encode(const struct contract *c, const void *in,
    struct json_writer *w);
/* The members alone, into an object that is open already. */
void contract_encode_members(const struct contract *c, const void *in,
    struct json_writer *w);

/* "a=b&c=d" into *out; a parameter that is unknown, twice or wrong is
 * ERR_BAD_QUERY with at = "?name". */
int contract_query(const struct contract *c, struct str query, struct arena *a,
    void *out, struct err *e);

/* One field from its text form (query, environment, configuration file). */
int field_from_text(const struct field *f, struct str text, struct arena *a,
    void *out, struct err *e);
/* The reverse, for showing; from the arena. */
struct str field_to_text(const struct field *f, const void *in, struct arena *a);

/* Its fields as the parameters of a function for language models: a "strict"
 * schema.  Only plain fields and arrays of strings. */
void contract_strict(const struct contract *c, struct json_writer *w);
/* JSON Schema 2020-12 of c with everything it refers to below $defs. */
void contract_schema(const struct contract *c, struct buf *out);

#endif
