#include "contract/contract.h"

#include "contract/field.h"

/* As a model's provider wants the parameters of a function: every member
 * required, nothing else allowed, null for what may be left out, and only the
 * keywords that all of them know.  Our own limits are checked when the function
 * is called. */

static void
put_field(struct json_writer *w, const struct field *f)
{
	json_key(w, f->name);
	json_object_open(w);
	switch (f->type) {
	case FIELD_INT:
		field_put_type(w, f, "integer");
		break;
	case FIELD_BOOL:
	case FIELD_TRI:
		field_put_type(w, f, "boolean");
		break;
	case FIELD_STRS:
		field_put_type(w, f, "array");
		json_key(w, "items");
		json_object_open(w);
		json_key(w, "type");
		json_put_str(w, STR("string"));
		json_object_close(w);
		break;
	default:
		field_put_type(w, f, "string");
		if (f->type == FIELD_ENUM)
			field_put_names(w, f);
		break;
	}
	json_key(w, "description");
	json_put_str(w, str(f->doc));
	json_object_close(w);
}

void
contract_strict(const struct contract *c, struct json_writer *w)
{
	json_object_open(w);
	json_key(w, "type");
	json_put_str(w, STR("object"));
	json_key(w, "properties");
	json_object_open(w);
	for (const struct field *f = c->fields; f->type != FIELD_END; f++)
		put_field(w, f);
	json_object_close(w);
	json_key(w, "required");
	json_array_open(w);
	for (const struct field *f = c->fields; f->type != FIELD_END; f++)
		json_put_str(w, str(f->name));
	json_array_close(w);
	json_key(w, "additionalProperties");
	json_put_bool(w, false);
	json_object_close(w);
}
