/* stat_answer.h - answers of statistics, made flat to be compared. */
#ifndef TESTS_STAT_ANSWER_H
#define TESTS_STAT_ANSWER_H

#include "base/buf.h"
#include "json/json_reader.h"
#include "tap.h"

static struct arena *round_arena;
static int bad;

/* The rows of a list, members cut by '|', each on a line. */
static struct str
flat(const struct json *list, const char *members)
{
	struct buf out = BUF_INIT(MIB(8));
	struct str text;

	for (size_t i = 0; i < json_count(list); i++) {
		struct str rest = str(members);

		while (rest.p) {
			const struct json *v = NULL;
			struct str name = str_cut(&rest, ',');

			if (!json_member(json_item(list, i),
			    arena_cstr(round_arena, name), &v))
				buf_adds(&out, "(missing)");
			else if (json_kind(v) == JSON_STRING)
				buf_add(&out, json_as_str(v));
			else if (json_kind(v) == JSON_NULL)
				buf_adds(&out, "-");
			else
				buf_add(&out, json_text(v, round_arena));
			buf_addc(&out, rest.p ? '|' : '\n');
		}
	}
	text = arena_str(round_arena, out.len ? buf_str(&out) : STR(""));
	buf_free(&out);
	return text;
}

static const struct json *
member(const struct json *n, const char *name)
{
	const struct json *v = NULL;

	if (!json_member(n, name, &v))
		bail_out(name);
	return v;
}

static int64_t
number(const struct json *n, const char *name)
{
	return json_as_int(member(n, name));
}

static void
same(struct str got, struct str want, const char *what, const char *about)
{
	if (str_eq(got, want))
		return;
	bad++;
	printf("# %s of %s\n# got:\n%.*s# want:\n%.*s", what, about,
	    STR_ARG(got), STR_ARG(want));
}

#endif
