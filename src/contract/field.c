#include "contract/field.h"

#include "base/clock.h"

int
field_enum_value(const struct field *f, struct str name)
{
	for (int i = 0; i < (int)f->max; i++)
		if (f->names[i] && str_is(name, f->names[i]))
			return i;
	return -1;
}

int
field_check_str(const struct field *f, struct str v, enum err_kind kind,
    struct err *e)
{
	const struct format_row *row = format_row(f->format);

	if ((int64_t)v.len < f->min)
		return err_set(e, kind, f->min == 1 ? "%s may not be empty" :
		    "%s is too short", f->name);
	if (f->max && (int64_t)v.len > f->max)
		return err_set(e, kind, "%s has %zu bytes; at most %lld are allowed",
		    f->name, v.len, (long long)f->max);
	if (row->check && !row->check(v))
		return err_set(e, kind, "%s must be %s", f->name, row->wanted);
	return 0;
}

int
field_check_int(const struct field *f, int64_t v, enum err_kind kind,
    struct err *e)
{
	if (v >= f->min && (!f->max || v <= f->max))
		return 0;
	return err_set(e, kind, "%s is %lld; it must be from %lld to %lld",
	    f->name, (long long)v, (long long)f->min, (long long)f->max);
}

struct str
field_choices(const struct field *f, struct arena *a)
{
	struct str all = STR("");
	int n = 0;

	for (int i = 0; i < (int)f->max; i++) {
		if (!f->names[i])
			continue;
		if (++n > 12)		/* the rest is in the schema */
			return arena_fmt(a, "%.*s …", STR_ARG(all));
		all = arena_fmt(a, "%.*s%s%s", STR_ARG(all), n > 1 ? ", " : "",
		    f->names[i]);
	}
	return all;
}

static int
bool_from_text(const struct field *f, struct str text, bool *out,
    struct err *e)
{
	static const char *const yes[] = { "true", "1", "on", "yes" };
	static const char *const no[] = { "false", "0", "off", "no" };

	for (size_t i = 0; i < countof(yes); i++) {
		if (str_is(text, yes[i]) || str_is(text, no[i])) {
			*out = str_is(text, yes[i]);
			return 0;
		}
	}
	return err_set(e, ERR_BAD_QUERY, "%s must be true or false", f->name);
}

int
field_from_text(const struct field *f, struct str text, struct arena *a,
    void *out, struct err *e)
{
	void *at = field_at(f, out);
	int64_t n;
	bool b;

	switch (f->type) {
	case FIELD_STR:
		if (field_check_str(f, text, ERR_BAD_QUERY, e) != 0)
			return -1;
		*(struct str *)at = arena_str(a, text);
		return 0;
	case FIELD_INT:
		if (!str_int(text, &n))
			return err_set(e, ERR_BAD_QUERY,
			    "%s must be an integer", f->name);
		if (field_check_int(f, n, ERR_BAD_QUERY, e) != 0)
			return -1;
		*(int64_t *)at = n;
		return 0;
	case FIELD_BOOL:
		return bool_from_text(f, text, at, e);
	case FIELD_TRI:
		if (bool_from_text(f, text, &b, e) != 0)
			return -1;
		*(int64_t *)at = b;
		return 0;
	case FIELD_ENUM:
		n = field_enum_value(f, text);
		if (n < 0)
			return err_set(e, ERR_BAD_QUERY, "%s must be one of %s",
			    f->name, field_choices(f, a).p);
		*(int *)at = (int)n;
		return 0;
	case FIELD_TIME:
		if (!clock_parse(text, at))
			return err_set(e, ERR_BAD_QUERY, "%s must be a date, "
			    "a date-time or epoch milliseconds", f->name);
		return 0;
	default:
		return err_set(e, ERR_BAD_QUERY,
		    "%s cannot be given as text", f->name);
	}
}

struct str
field_to_text(const struct field *f, const void *in, struct arena *a)
{
	const void *at = field_in(f, in);

	switch (f->type) {
	case FIELD_STR:
		return *(const struct str *)at;
	case FIELD_INT:
		return arena_fmt(a, "%lld", (long long)*(const int64_t *)at);
	case FIELD_BOOL:
		return *(const bool *)at ? STR("true") : STR("false");
	case FIELD_ENUM:
		return str(f->names[*(const int *)at]);
	default:
		return STR_NONE;
	}
}

void
field_put_type(struct json_writer *w, const struct field *f, const char *type)
{
	json_key(w, "type");
	if (f->flags & FIELD_REQUIRED) {
		json_put_str(w, str(type));
		return;
	}
	json_array_open(w);
	json_put_str(w, str(type));
	json_put_str(w, STR("null"));
	json_array_close(w);
}

void
field_put_names(struct json_writer *w, const struct field *f)
{
	json_key(w, "enum");
	json_array_open(w);
	for (int64_t i = 0; i < f->max; i++)
		if (f->names[i])
			json_put_str(w, str(f->names[i]));
	if (!(f->flags & FIELD_REQUIRED))
		json_put_null(w);
	json_array_close(w);
}
