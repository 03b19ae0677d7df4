#include "contract/contract.h"

#include "contract/field.h"

/* Everything reachable, each contract once, in the order it was met. */
#define DEFS_MAX 64

struct defs {
	const struct contract *seen[DEFS_MAX];
	size_t n;
};

static void schema_of(const struct contract *c, struct json_writer *w);

static void
put_text(struct json_writer *w, const char *key, const char *value)
{
	json_key(w, key);
	json_put_str(w, str(value));
}

static void
put_int(struct json_writer *w, const char *key, int64_t value)
{
	json_key(w, key);
	json_put_int(w, value);
}

static void
put_ref(struct json_writer *w, const struct contract *c)
{
	struct buf ref = BUF_INIT(256);

	buf_addf(&ref, "#/$defs/%s", c->name);
	json_key(w, "$ref");
	json_put_str(w, buf_str(&ref));
	buf_free(&ref);
}

static void
put_string(struct json_writer *w, const struct field *f)
{
	const struct format_row *row = format_row(f->format);

	field_put_type(w, f, "string");
	if (f->min)
		put_int(w, "minLength", f->min);
	/* maxLength counts characters, our ceiling bytes: never stricter here */
	if (f->max)
		put_int(w, "maxLength", f->max);
	if (row->pattern)
		put_text(w, "pattern", row->pattern);
	if (f->preset)
		put_text(w, "default", f->preset);
}

static void
put_enum(struct json_writer *w, const struct field *f)
{
	field_put_names(w, f);
	if (f->preset)
		put_text(w, "default", f->preset);
}

static void
put_map(struct json_writer *w, const struct field *f)
{
	field_put_type(w, f, "object");
	put_int(w, "maxProperties", f->max);
	json_key(w, "additionalProperties");
	json_object_open(w);
	put_string(w, &f->sub->fields[1]);
	json_object_close(w);
}

/* An integer, or the word that stands for one. */
static void
put_number(struct json_writer *w, const struct field *f)
{
	if (f->preset) {
		json_key(w, "anyOf");
		json_array_open(w);
		json_object_open(w);
		put_text(w, "const", f->preset);
		json_object_close(w);
		json_object_open(w);
	}
	field_put_type(w, f, "integer");
	put_int(w, "minimum", f->min);
	if (f->max)
		put_int(w, "maximum", f->max);
	if (f->preset) {
		json_object_close(w);
		json_array_close(w);
	}
}

static void
put_strings(struct json_writer *w, const struct field *f)
{
	struct field item = { .flags = FIELD_REQUIRED, .max = f->none,
	    .format = f->format };

	field_put_type(w, f, "array");
	put_int(w, "minItems", f->min);
	put_int(w, "maxItems", f->max);
	json_key(w, "items");
	json_object_open(w);
	put_string(w, &item);
	json_object_close(w);
}

static void
field_schema(const struct field *f, struct json_writer *w)
{
	json_key(w, f->name);
	json_object_open(w);
	put_text(w, "description", f->doc);
	switch (f->type) {
	case FIELD_STR: put_string(w, f); break;
	case FIELD_INT: put_number(w, f); break;
	case FIELD_STRS: put_strings(w, f); break;
	case FIELD_BOOL:
	case FIELD_TRI:
		field_put_type(w, f, "boolean");
		if (f->preset) {
			json_key(w, "default");
			json_put_bool(w, !strcmp(f->preset, "true"));
		}
		break;
	case FIELD_ENUM: put_enum(w, f); break;
	case FIELD_TIME:
		json_key(w, "type");
		json_array_open(w);
		json_put_str(w, STR("string"));
		json_put_str(w, STR("integer"));
		if (!(f->flags & FIELD_REQUIRED))
			json_put_str(w, STR("null"));
		json_array_close(w);
		break;
	case FIELD_RAW: field_put_type(w, f, "object"); break;
	case FIELD_MAP: put_map(w, f); break;
	case FIELD_LIST:
		field_put_type(w, f, "array");
		put_int(w, "minItems", f->min);
		put_int(w, "maxItems", f->max);
		json_key(w, "items");
		json_object_open(w);
		put_ref(w, f->sub);
		json_object_close(w);
		break;
	case FIELD_OBJECT: put_ref(w, f->sub); break;
	case FIELD_RATE:
		field_put_type(w, f, "number");
		put_int(w, "minimum", f->min);
		put_int(w, "maximum", f->max);
		break;
	case FIELD_END: break;
	}
	json_object_close(w);
}

static void
required_of(const struct field *rows, struct json_writer *w)
{
	for (const struct field *f = rows; f && f->type != FIELD_END; f++)
		if (f->flags & FIELD_REQUIRED)
			json_put_str(w, str(f->name));
}

static void
object_schema(const struct contract *c, const struct variant *v,
    struct json_writer *w)
{
	put_text(w, "type", "object");
	if ((v && v->doc) || c->doc)
		put_text(w, "description", v && v->doc ? v->doc : c->doc);
	json_key(w, "properties");
	json_object_open(w);
	if (v) {
		json_key(w, c->tag);
		json_object_open(w);
		put_text(w, "const", v->tag);
		json_object_close(w);
	}
	for (const struct field *f = c->fields; f->type != FIELD_END; f++)
		field_schema(f, w);
	for (const struct field *f = v ? v->fields : NULL;
	    f && f->type != FIELD_END; f++)
		field_schema(f, w);
	json_object_close(w);
	json_key(w, "required");
	json_array_open(w);
	if (v)
		json_put_str(w, str(c->tag));
	required_of(c->fields, w);
	required_of(v ? v->fields : NULL, w);
	json_array_close(w);
	if (!c->open) {
		json_key(w, "additionalProperties");
		json_put_bool(w, false);
	}
}

static void
schema_of(const struct contract *c, struct json_writer *w)
{
	put_text(w, "title", c->name);
	if (!c->tag) {
		object_schema(c, NULL, w);
		return;
	}
	put_text(w, "type", "object");
	json_key(w, "oneOf");
	json_array_open(w);
	for (const struct variant *v = c->variants; v->tag; v++) {
		json_object_open(w);
		object_schema(c, v, w);
		json_object_close(w);
	}
	json_array_close(w);
}

static void
collect(const struct contract *c, struct defs *d)
{
	for (const struct field *f = c->fields; f->type != FIELD_END; f++) {
		bool known = f->type != FIELD_LIST && f->type != FIELD_OBJECT;

		for (size_t i = 0; i < d->n && !known; i++)
			known = d->seen[i] == f->sub;
		if (known || d->n == DEFS_MAX)
			continue;
		d->seen[d->n++] = f->sub;
		collect(f->sub, d);
	}
}

void
contract_schema(const struct contract *c, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);
	struct defs d = { .n = 0 };

	collect(c, &d);
	json_object_open(&w);
	put_text(&w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	schema_of(c, &w);
	if (d.n) {
		json_key(&w, "$defs");
		json_object_open(&w);
		for (size_t i = 0; i < d.n; i++) {
			json_key(&w, d.seen[i]->name);
			json_object_open(&w);
			schema_of(d.seen[i], &w);
			json_object_close(&w);
		}
		json_object_close(&w);
	}
	json_object_close(&w);
}
