#include "patchctl/command.h"

#include <stdio.h>

#include "json/json_writer.h"

static const char *const sources[] = { "default", "file", "environment" };

static struct str
shown(struct command_line *l, const struct field *f)
{
	struct str value = field_to_text(f, &l->cfg, l->a);

	return (f->flags & FIELD_SECRET) && value.len ? STR("(not shown)") :
	    value;
}

/* "from 1 to 9", "full or normal", "true or false", "at most 9 bytes". */
static struct str
bounds(struct arena *a, const struct field *f)
{
	struct str names = STR("");

	switch (f->type) {
	case FIELD_INT:
		return arena_fmt(a, "from %lld to %lld", (long long)f->min,
		    (long long)f->max);
	case FIELD_ENUM:
		for (int i = 0; i < (int)f->max; i++)
			names = arena_fmt(a, "%.*s%s%s", STR_ARG(names),
			    i ? ", " : "one of ", f->names[i]);
		return names;
	case FIELD_BOOL:
		return STR("true or false");
	default:
		return arena_fmt(a, "at most %lld bytes", (long long)f->max);
	}
}

static int
config(struct command_line *l, struct err *e)
{
	struct buf out = BUF_INIT(KIB(256));
	struct json_writer w = JSON_WRITER(&out);
	bool manual = false;
	const struct option_row options[] = {
		{ .name = "manual", .flag = &manual },
	};

	if (command_options(l, options, countof(options), e) != 0)
		return -1;
	json_object_open(&w);
	json_key(&w, "file");
	json_put_str(&w, l->cfg.file);
	json_key(&w, "settings");
	json_array_open(&w);
	for (size_t i = 0; config_row(i); i++) {
		const struct field *f = config_row(i);
		struct str value = shown(l, f);

		json_object_open(&w);
		json_key(&w, "key");
		json_put_str(&w, str(config_key(i)));
		json_key(&w, "value");
		json_put_str(&w, value);
		json_key(&w, "source");
		json_put_str(&w, str(sources[config_source(i)]));
		json_key(&w, "bounds");
		json_put_str(&w, bounds(l->a, f));
		json_key(&w, "doc");
		json_put_str(&w, str(f->doc));
		json_object_close(&w);
		if (manual)	/* mdoc(7), for patchwarden.conf(5) */
			printf(".It Ev %s\n%s\nBounds: %s.\nDefault: %s%.*s\n",
			    config_key(i), f->doc, bounds(l->a, f).p,
			    value.len ? "" : "none", STR_ARG(value));
		else if (!l->json)
			printf("%s=%.*s\t# %s\n", config_key(i),
			    STR_ARG(value), sources[config_source(i)]);
	}
	json_array_close(&w);
	json_object_close(&w);
	if (l->json)
		puts(out.p);
	buf_free(&out);
	return 0;
}

const struct command config_commands[] = {
	{ "config", "[--json | --manual]", config, "Print every setting and where its value came from.", NULL, false, NULL },
	{ 0 }
};
