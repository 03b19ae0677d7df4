#include "patchctl/fields.h"

#include <stdio.h>

#include "json/json_check.h"

static const char *
option_name(struct arena *a, const struct field *f)
{
	bool off = f->type == FIELD_BOOL && f->preset &&
	    !strcmp(f->preset, "true");
	struct buf out = BUF_INIT(KIB(1));
	const char *name;

	if (off)
		buf_adds(&out, "no-");
	for (const char *c = f->name; *c; c++) {
		if (*c >= 'A' && *c <= 'Z') {
			buf_addc(&out, '-');
			buf_addc(&out, (char)(*c | 0x20));
		} else {
			buf_addc(&out, *c == '_' ? '-' : *c);
		}
	}
	name = arena_cstr(a, buf_str(&out));
	buf_free(&out);
	return name;
}

static bool
is_plain(const struct field *f)
{
	return f->type != FIELD_STRS && f->type != FIELD_LIST &&
	    f->type != FIELD_MAP && f->type != FIELD_OBJECT &&
	    f->type != FIELD_RATE;
}

static bool
is_left_out(const struct field_options *o, const struct field *f,
    const char *name, const char *const *without)
{
	for (size_t i = 0; without && without[i]; i++)
		if (!strcmp(without[i], f->name))
			return true;
	for (size_t i = 0; i < o->n; i++)
		if (!strcmp(o->rows[i].name, name))
			return true;
	return !is_plain(f) || o->n == FIELD_OPTIONS_MAX;
}

void
field_options_add(struct field_options *o, const struct field *fields,
    void *into, const char *const *without)
{
	for (const struct field *f = fields; f && f->type != FIELD_END; f++) {
		const char *name = option_name(o->a, f);

		if (!is_left_out(o, f, name, without))
			o->rows[o->n++] = (struct field_option){ .f = f,
			    .into = into, .name = name };
	}
}

size_t
field_options_rows(struct field_options *o, struct option_row *rows)
{
	for (size_t i = 0; i < o->n; i++) {
		struct field_option *one = &o->rows[i];

		rows[i] = (struct option_row){ .name = one->name };
		if (one->f->type == FIELD_BOOL)
			rows[i].flag = &one->given;
		else
			rows[i].value = &one->value;
	}
	return o->n;
}

/* Permission bits are octal wherever people write them. */
static bool
is_mode(const struct field *f)
{
	return f->type == FIELD_INT && !strcmp(f->name, "mode");
}

static int
set_mode(struct str text, int64_t *out, struct err *e)
{
	int64_t mode = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '7' || mode > 0777)
			return err_set(e, ERR_USAGE,
			    "a mode is octal: 644 or 755");
		mode = mode * 8 + (text.p[i] - '0');
	}
	if (!text.len || mode > 0777)
		return err_set(e, ERR_USAGE, "a mode is octal: 644 or 755");
	*out = mode;
	return 0;
}

static int
set_one(struct field_options *o, const struct field_option *one,
    struct err *e)
{
	void *at = (char *)one->into + one->f->offset;
	struct str text = str(one->value);

	if (one->f->type == FIELD_RAW) {
		if (json_check(text, o->a, e) != 0)
			return -1;
		if (text.p[0] != '{')
			return err_set(e, ERR_USAGE, "a JSON object is needed");
		*(struct str *)at = text;
		return 0;
	}
	if (is_mode(one->f))
		return set_mode(text, at, e);
	if (one->f->type == FIELD_INT && one->f->preset &&
	    str_is(text, one->f->preset)) {
		*(int64_t *)at = 0;
		return 0;
	}
	return field_from_text(one->f, text, o->a, one->into, e);
}

int
field_options_set(struct field_options *o, struct err *e)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct field_option *one = &o->rows[i];

		if (one->given)
			*(bool *)((char *)one->into + one->f->offset) =
			    !str_starts(str(one->name), STR("no-"));
		if (!one->value || set_one(o, one, e) == 0)
			continue;
		e->kind = ERR_USAGE;
		e->at[0] = '\0';
		return err_at(e, "--%s", one->name);
	}
	return 0;
}

bool
field_options_given(const struct field_options *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (!strcmp(o->rows[i].name, name))
			return o->rows[i].given || o->rows[i].value;
	return false;
}

static const char *
value_word(const struct field *f)
{
	switch (f->type) {
	case FIELD_INT:
		return is_mode(f) ? "MODE" : f->preset ? "N|all" : "N";
	case FIELD_TIME: return "TIME";
	case FIELD_RAW: return "JSON";
	case FIELD_ENUM: return "WORD";
	default:
		if (f->format == FMT_SHA256)
			return "SHA256";
		if (!strcmp(f->name, "file") || !strcmp(f->name, "to"))
			return "PATH";
		return "TEXT";
	}
}

struct str
field_option_usage(struct arena *a, const struct field_option *o)
{
	bool needed = o->f->flags & FIELD_REQUIRED;

	if (o->f->type == FIELD_BOOL)
		return arena_fmt(a, "[--%s]", o->name);
	return arena_fmt(a, needed ? "--%s %s" : "[--%s %s]", o->name,
	    value_word(o->f));
}

#define HELP_COLUMN 27
#define HELP_WIDTH 80

/* The words of a text behind what stands in front of it, in lines. */
static void
put_help(const char *left, const char *text)
{
	struct str rest = str(text);
	size_t column = HELP_COLUMN - 1;

	printf("  %-24s", left);
	while (rest.p) {
		struct str word = str_cut(&rest, ' ');

		if (column >= HELP_COLUMN &&
		    column + 1 + word.len > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN - 1, "");
			column = HELP_COLUMN - 1;
		}
		printf(" %.*s", STR_ARG(word));
		column += 1 + word.len;
	}
	putchar('\n');
}

void
field_option_help(const struct field_option *o)
{
	char left[80], unwanted[160];

	snprintf(unwanted, sizeof(unwanted), "Do not %c%s",
	    o->f->doc[0] | 0x20, o->f->doc + 1);
	snprintf(left, sizeof(left), "--%s%s%s", o->name,
	    o->f->type == FIELD_BOOL ? "" : " ",
	    o->f->type == FIELD_BOOL ? "" : value_word(o->f));
	if (is_mode(o->f))
		put_help(left, "Permission bits: 644 or 755.");
	else if (o->f->type == FIELD_BOOL && !strncmp(o->name, "no-", 3))
		put_help(left, unwanted);
	else
		put_help(left, o->f->doc);
}
