#include "patchctl/command.h"

#include <stdio.h>

#include "json/json_writer.h"

static const char *const sources[] = { "default", "file", "environment" };

static struct str
shown(struct command_line *l, const struct field *f)
{
	if (f->flags & FIELD_SECRET)
		return STR("(not shown)");
	return field_to_text(f, &l->cfg, l->a);
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
		json_key(&w, "doc");
		json_put_str(&w, str(f->doc));
		json_object_close(&w);
		if (manual)	/* mdoc(7), for patchwarden.conf(5) */
			printf(".It Ev %s\n%s\nDefault: %s%.*s\n",
			    config_key(i), f->doc, value.len ? "" : "none",
			    STR_ARG(value));
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
	{ "config", "[--json | --manual]", config, "Print every setting and where its value came from.", NULL },
	{ 0 }
};
