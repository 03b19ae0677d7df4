/* field.h - what decode, encode and text share about one field; only inside
 * of contract/. */
#ifndef CONTRACT_FIELD_H
#define CONTRACT_FIELD_H

#include "contract/contract.h"

static inline void *
field_at(const struct field *f, void *base)
{
	return (char *)base + f->offset;
}

static inline const void *
field_in(const struct field *f, const void *base)
{
	return (const char *)base + f->offset;
}

/* The value of that name, or -1. */
int field_enum_value(const struct field *f, struct str name);
/* Check limits and format; sets e (kind as given) without a place. */
int field_check_str(const struct field *f, struct str v, enum err_kind kind,
    struct err *e);
int field_check_int(const struct field *f, int64_t v, enum err_kind kind,
    struct err *e);
/* "a, b or c" of an enum's names. */
struct str field_choices(const struct field *f, struct arena *a);

/* The keywords "type" and "enum" of its schema: what need not be there may also
 * be null. */
void field_put_type(struct json_writer *w, const struct field *f,
    const char *type);
void field_put_names(struct json_writer *w, const struct field *f);

#endif
