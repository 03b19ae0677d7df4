#include "contract/contract.h"
#include "contract/field.h"

#include <stdio.h>

#include "base/clock.h"

/* Where we are in the value and what went wrong so far. */
struct decode {
	struct arena *a;
	struct err *first, *last;
	int faults;
};

/* A JSON pointer as a chain of its steps (RFC 6901). */
struct step {
	const struct step *up;
	struct str name;	/* STR_NONE: an index */
	size_t index;
};

static void
pointer(const struct step *s, struct buf *out)
{
	if (!s)
		return;
	pointer(s->up, out);
	buf_addc(out, '/');
	if (!s->name.p) {
		buf_addf(out, "%zu", s->index);
		return;
	}
	for (size_t i = 0; i < s->name.len && i < 100; i++) {
		if (s->name.p[i] == '~')
			buf_adds(out, "~0");
		else if (s->name.p[i] == '/')
			buf_adds(out, "~1");
		else
			buf_addc(out, s->name.p[i]);
	}
}

/* A fresh place for one more fault; the caller's err holds the first. */
static struct err *
fault(struct decode *d)
{
	if (d->faults >= FAULTS_MAX)
		return arena_new_of(d->a, struct err);	/* not linked */
	if (d->faults++ == 0)
		return d->last = d->first;
	d->last->next = arena_new_of(d->a, struct err);
	return d->last = d->last->next;
}

static void
place(struct err *e, const struct step *s)
{
	struct buf at = BUF_INIT(AT_MAX_BYTES - 1);

	pointer(s, &at);
	err_at(e, "%.*s", STR_ARG(buf_str(&at)));
	buf_free(&at);
}

static void
wrong_type(struct decode *d, const struct step *s, const char *name,
    const char *wanted, const struct json *got)
{
	struct err *e = fault(d);

	err_set(e, ERR_INVALID, "%s must be %s, not %s", name, wanted,
	    json_kind_name(json_kind(got)));
	place(e, s);
}

static void decode_object(struct decode *d, const struct contract *c,
    const struct json *n, void *out, const struct step *at);

static void
decode_str(struct decode *d, const struct field *f, const struct json *n,
    void *at, const struct step *s)
{
	struct err trial = { 0 };
	struct str v;

	if (json_kind(n) != JSON_STRING) {
		wrong_type(d, s, f->name, "a string", n);
		return;
	}
	v = json_as_str(n);
	if (field_check_str(f, v, ERR_INVALID, &trial) != 0) {
		struct err *e = fault(d);

		*e = trial;
		place(e, s);
		return;
	}
	*(struct str *)at = arena_str(d->a, v);
}

static void
decode_int(struct decode *d, const struct field *f, const struct json *n,
    void *at, const struct step *s)
{
	struct err trial = { 0 };

	if (f->preset && json_kind(n) == JSON_STRING &&
	    str_is(json_as_str(n), f->preset)) {
		*(int64_t *)at = 0;
		return;
	}
	if (json_kind(n) != JSON_INT) {
		wrong_type(d, s, f->name, f->preset ? arena_fmt(d->a,
		    "an integer or \"%s\"", f->preset).p : "an integer", n);
		return;
	}
	if (field_check_int(f, json_as_int(n), ERR_INVALID, &trial) != 0) {
		struct err *e = fault(d);

		*e = trial;
		place(e, s);
		return;
	}
	*(int64_t *)at = json_as_int(n);
}

static void
decode_enum(struct decode *d, const struct field *f, const struct json *n,
    void *at, const struct step *s)
{
	int v;

	if (json_kind(n) != JSON_STRING) {
		wrong_type(d, s, f->name, "a string", n);
		return;
	}
	v = field_enum_value(f, json_as_str(n));
	if (v < 0) {
		struct err *e = fault(d);

		err_set(e, ERR_INVALID, "%s must be one of %s", f->name,
		    field_choices(f, d->a).p);
		place(e, s);
		return;
	}
	*(int *)at = v;
}

static void
decode_time(struct decode *d, const struct field *f, const struct json *n,
    void *at, const struct step *s)
{
	if (json_kind(n) == JSON_INT && json_as_int(n) >= 0)
		*(int64_t *)at = json_as_int(n);
	else if (json_kind(n) != JSON_STRING ||
	    !clock_parse(json_as_str(n), at))
		wrong_type(d, s, f->name,
		    "a date-time (2026-11-22T18:30:05Z) or epoch ms", n);
}

static void
decode_raw(struct decode *d, const struct field *f, const struct json *n,
    void *at, const struct step *s)
{
	struct str text;
	struct err *e;

	if (json_kind(n) != JSON_OBJECT) {
		wrong_type(d, s, f->name, "an object", n);
		return;
	}
	text = json_text(n, d->a);
	if (f->max && (int64_t)text.len > f->max) {
		e = fault(d);
		err_set(e, ERR_INVALID, "%s has %zu bytes as JSON; at most %lld "
		    "are allowed", f->name, text.len, (long long)f->max);
		place(e, s);
		return;
	}
	*(struct str *)at = text;
}

static bool
count_ok(struct decode *d, const struct field *f, size_t n,
    const struct step *s)
{
	struct err *e;

	if ((int64_t)n >= f->min && (int64_t)n <= f->max)
		return true;
	e = fault(d);
	err_set(e, ERR_INVALID, "%s has %zu elements; it must have from %lld "
	    "to %lld", f->name, n, (long long)f->min, (long long)f->max);
	place(e, s);
	return false;
}

static void
decode_list(struct decode *d, const struct field *f, const struct json *n,
    void *base, const struct step *s)
{
	size_t count;
	char *items;

	if (json_kind(n) != JSON_ARRAY) {
		wrong_type(d, s, f->name, "an array", n);
		return;
	}
	count = json_count(n);
	if (!count_ok(d, f, count, s))
		return;
	items = arena_array(d->a, count, f->sub->size);
	for (size_t i = 0; i < count && d->faults < FAULTS_MAX; i++) {
		struct step at = { s, STR_NONE, i };

		decode_object(d, f->sub, json_item(n, i),
		    items + i * f->sub->size, &at);
	}
	*(void **)field_at(f, base) = items;
	*(size_t *)((char *)base + f->count_offset) = count;
}

static void
decode_strs(struct decode *d, const struct field *f, const struct json *n,
    void *base, const struct step *s)
{
	struct field item = { .name = f->name, .type = FIELD_STR,
	    .max = f->none, .format = f->format };
	struct str *items;
	size_t count;

	if (json_kind(n) != JSON_ARRAY) {
		wrong_type(d, s, f->name, "an array", n);
		return;
	}
	count = json_count(n);
	if (!count_ok(d, f, count, s))
		return;
	items = arena_array_of(d->a, struct str, count + 1);
	for (size_t i = 0; i < count && d->faults < FAULTS_MAX; i++) {
		struct step at = { s, STR_NONE, i };

		decode_str(d, &item, json_item(n, i), &items[i], &at);
	}
	*(void **)field_at(f, base) = items;
	*(size_t *)((char *)base + f->count_offset) = count;
}

static void
decode_map(struct decode *d, const struct field *f, const struct json *n,
    void *base, const struct step *s)
{
	const struct field *key = &f->sub->fields[0];
	const struct field *val = &f->sub->fields[1];
	size_t count, i = 0;
	char *items;

	if (json_kind(n) != JSON_OBJECT) {
		wrong_type(d, s, f->name, "an object", n);
		return;
	}
	count = json_count(n);
	if (!count_ok(d, f, count, s))
		return;
	items = arena_array(d->a, count, f->sub->size);
	for (json_each(it, n)) {
		struct step at = { s, it.key, 0 };
		char *item = items + i++ * f->sub->size;

		*(struct str *)field_at(key, item) = arena_str(d->a, it.key);
		decode_str(d, val, it.value, field_at(val, item), &at);
	}
	*(void **)field_at(f, base) = items;
	*(size_t *)((char *)base + f->count_offset) = count;
}

static void
decode_field(struct decode *d, const struct field *f, const struct json *n,
    void *base, const struct step *s)
{
	void *at = field_at(f, base);

	/* null is "absent" for everything that need not be there */
	if (json_kind(n) == JSON_NULL && !(f->flags & FIELD_REQUIRED))
		return;
	switch (f->type) {
	case FIELD_STR: decode_str(d, f, n, at, s); break;
	case FIELD_INT: decode_int(d, f, n, at, s); break;
	case FIELD_ENUM: decode_enum(d, f, n, at, s); break;
	case FIELD_TIME: decode_time(d, f, n, at, s); break;
	case FIELD_RAW: decode_raw(d, f, n, at, s); break;
	case FIELD_STRS: decode_strs(d, f, n, base, s); break;
	case FIELD_LIST: decode_list(d, f, n, base, s); break;
	case FIELD_MAP: decode_map(d, f, n, base, s); break;
	case FIELD_OBJECT: decode_object(d, f->sub, n, at, s); break;
	case FIELD_RATE:
		if (json_kind(n) != JSON_INT && json_kind(n) != JSON_DOUBLE)
			wrong_type(d, s, f->name, "a number", n);
		break;
	case FIELD_BOOL:
	case FIELD_TRI:
		if (json_kind(n) != JSON_BOOL)
			wrong_type(d, s, f->name, "true or false", n);
		else if (f->type == FIELD_BOOL)
			*(bool *)at = json_as_bool(n);
		else
			*(int64_t *)at = json_as_bool(n);
		break;
	case FIELD_END: break;
	}
}

static const struct field *
find_field(const struct field *rows, struct str name)
{
	for (const struct field *f = rows; f && f->type != FIELD_END; f++)
		if (str_is(name, f->name))
			return f;
	return NULL;
}

/* Which form of a union this is; NULL (and a fault) when it is none. */
static const struct variant *
find_variant(struct decode *d, const struct contract *c, const struct json *n,
    const struct step *s)
{
	struct step at = { s, str(c->tag), 0 };
	const struct json *tag;
	struct str all = STR("");
	struct err *e;

	if (json_member(n, c->tag, &tag) && json_kind(tag) == JSON_STRING)
		for (const struct variant *v = c->variants; v->tag; v++)
			if (str_is(json_as_str(tag), v->tag))
				return v;
	for (const struct variant *v = c->variants; v->tag; v++)
		all = arena_fmt(d->a, "%.*s%s%s", STR_ARG(all),
		    v == c->variants ? "" : ", ", v->tag);
	e = fault(d);
	err_set(e, ERR_INVALID, "%s must be one of %s", c->tag, all.p);
	place(e, &at);
	return NULL;
}

static void
set_defaults(const struct field *rows, void *out)
{
	for (const struct field *f = rows; f && f->type != FIELD_END; f++) {
		void *at = field_at(f, out);

		if (f->type == FIELD_INT || f->type == FIELD_TIME ||
		    f->type == FIELD_TRI)
			*(int64_t *)at = f->none;
		else if (f->type == FIELD_STR)
			*(struct str *)at = str(f->preset);
		else if (f->type == FIELD_BOOL)
			*(bool *)at = f->preset && !strcmp(f->preset, "true");
		else if (f->type == FIELD_ENUM && f->preset)
			*(int *)at = field_enum_value(f, str(f->preset));
		else if (f->type == FIELD_OBJECT)
			contract_defaults(f->sub, at);
	}
}

void
contract_defaults(const struct contract *c, void *out)
{
	memset(out, 0, c->size);
	set_defaults(c->fields, out);
	/* a field of one form only is absent in the others */
	for (const struct variant *v = c->variants; v && v->tag; v++)
		set_defaults(v->fields, out);
}

static void
missing(struct decode *d, const struct field *rows, const struct json *n,
    const struct step *s)
{
	const struct json *v;

	for (const struct field *f = rows; f && f->type != FIELD_END; f++) {
		struct step at = { s, str(f->name), 0 };
		struct err *e;

		if (!(f->flags & FIELD_REQUIRED) || json_member(n, f->name, &v))
			continue;
		e = fault(d);
		err_set(e, ERR_INVALID, "%s is required", f->name);
		place(e, &at);
	}
}

static void
decode_object(struct decode *d, const struct contract *c, const struct json *n,
    void *out, const struct step *s)
{
	const struct variant *v = NULL;

	contract_defaults(c, out);
	if (json_kind(n) != JSON_OBJECT) {
		wrong_type(d, s, c->name, "an object", n);
		return;
	}
	if (c->tag) {
		v = find_variant(d, c, n, s);
		if (!v)
			return;
		*(int *)((char *)out + c->tag_offset) = v->value;
	}
	for (json_each(it, n)) {
		struct step at = { s, it.key, 0 };
		const struct field *f = find_field(c->fields, it.key);
		struct err *e;

		if (!f && v)
			f = find_field(v->fields, it.key);
		if (f) {
			decode_field(d, f, it.value, out, &at);
		} else if (!c->open && !(c->tag && str_is(it.key, c->tag))) {
			e = fault(d);
			err_set(e, ERR_UNKNOWN_MEMBER, "%s%s%s has no member "
			    "\"%.*s\"", c->name, v ? " " : "", v ? v->tag : "",
			    (int)(it.key.len > 80 ? 80 : it.key.len), it.key.p);
			place(e, &at);
		}
	}
	missing(d, c->fields, n, s);
	if (v)
		missing(d, v->fields, n, s);
}

int
contract_decode(const struct contract *c, const struct json *n,
    struct arena *a, void *out, struct err *e)
{
	struct err local = { 0 };
	struct decode d = { .a = a, .first = e ? e : &local };

	decode_object(&d, c, n, out, NULL);
	return d.faults ? -1 : 0;
}

int
contract_decode_text(const struct contract *c, struct str text,
    struct arena *a, void *out, struct err *e)
{
	struct json_doc *doc;
	int rc;

	if (json_parse(text, a, &doc, e) != 0)
		return -1;
	rc = contract_decode(c, json_root(doc), a, out, e);
	json_doc_free(doc);
	return rc;
}
