#include "contract/contract.h"
#include "contract/field.h"

#include "base/clock.h"

static bool
absent(const struct field *f, const void *at)
{
	switch (f->type) {
	case FIELD_STR:
	case FIELD_RAW:
		return !((const struct str *)at)->p;
	case FIELD_INT:
		return f->none < f->min && *(const int64_t *)at == f->none;
	case FIELD_TIME:
	case FIELD_TRI:
		return *(const int64_t *)at == f->none;
	case FIELD_STRS:
	case FIELD_LIST:
		return (f->flags & FIELD_OMIT) &&
		    !*(const void *const *)at;
	default:
		return false;
	}
}

static void
encode_time(struct json_writer *w, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	json_put_str(w, clock_write(ms, text));
}

static void
encode_items(const struct field *f, const void *base, struct json_writer *w)
{
	const char *items = *(const char *const *)field_in(f, base);
	size_t n = *(const size_t *)(const void *)
	    ((const char *)base + f->count_offset);

	json_array_open(w);
	for (size_t i = 0; i < n; i++)
		contract_encode(f->sub, items + i * f->sub->size, w);
	json_array_close(w);
}

static void
encode_strs(const struct field *f, const void *base, struct json_writer *w)
{
	const struct str *items = *(const struct str *const *)field_in(f, base);
	size_t n = *(const size_t *)(const void *)
	    ((const char *)base + f->count_offset);

	json_array_open(w);
	for (size_t i = 0; i < n; i++)
		json_put_str(w, items[i]);
	json_array_close(w);
}

static void
encode_int(const struct field *f, int64_t v, struct json_writer *w)
{
	if (f->preset && v == 0)
		json_put_str(w, str(f->preset));
	else
		json_put_int(w, v);
}

static void
encode_map(const struct field *f, const void *base, struct json_writer *w)
{
	const char *items = *(const char *const *)field_in(f, base);
	size_t n = *(const size_t *)(const void *)
	    ((const char *)base + f->count_offset);
	struct arena *a = arena_new();

	json_object_open(w);
	for (size_t i = 0; i < n; i++) {
		const char *item = items + i * f->sub->size;
		const struct str *key = field_in(&f->sub->fields[0], item);
		const struct str *val = field_in(&f->sub->fields[1], item);

		json_key(w, arena_cstr(a, *key));
		json_put_str(w, *val);
	}
	json_object_close(w);
	arena_free(a);
}

/* null without a denominator. */
static void
encode_rate(const struct field *f, const void *base, struct json_writer *w)
{
	int64_t num = *(const int64_t *)field_in(f, base);
	int64_t den = *(const int64_t *)(const void *)
	    ((const char *)base + f->count_offset);

	if (den)
		json_put_double(w, (double)num / (double)den);
	else
		json_put_null(w);
}

static void
encode_field(const struct field *f, const void *base, struct json_writer *w)
{
	const void *at = field_in(f, base);

	if (absent(f, at)) {
		if (f->flags & FIELD_OMIT)
			return;
		json_key(w, f->name);
		json_put_null(w);
		return;
	}
	json_key(w, f->name);
	switch (f->type) {
	case FIELD_STR: json_put_str(w, *(const struct str *)at); break;
	case FIELD_INT: encode_int(f, *(const int64_t *)at, w); break;
	case FIELD_BOOL: json_put_bool(w, *(const bool *)at); break;
	case FIELD_TRI: json_put_bool(w, *(const int64_t *)at != 0); break;
	case FIELD_ENUM: json_put_str(w, str(f->names[*(const int *)at])); break;
	case FIELD_TIME: encode_time(w, *(const int64_t *)at); break;
	case FIELD_RAW: json_put_raw(w, *(const struct str *)at); break;
	case FIELD_STRS: encode_strs(f, base, w); break;
	case FIELD_LIST: encode_items(f, base, w); break;
	case FIELD_MAP: encode_map(f, base, w); break;
	case FIELD_OBJECT: contract_encode(f->sub, at, w); break;
	case FIELD_RATE: encode_rate(f, base, w); break;
	case FIELD_END: break;
	}
}

void
contract_encode_members(const struct contract *c, const void *in,
    struct json_writer *w)
{
	const struct variant *v = c->variants;

	if (c->tag) {
		int value = *(const int *)(const void *)
		    ((const char *)in + c->tag_offset);

		while (v->tag && v->value != value)
			v++;
		json_key(w, c->tag);
		json_put_str(w, str(v->tag));
	}
	for (const struct field *f = c->fields; f->type != FIELD_END; f++)
		encode_field(f, in, w);
	if (v && v->tag)
		for (const struct field *f = v->fields;
		    f && f->type != FIELD_END; f++)
			encode_field(f, in, w);
}

void
contract_encode(const struct contract *c, const void *in,
    struct json_writer *w)
{
	json_object_open(w);
	contract_encode_members(c, in, w);
	json_object_close(w);
}
