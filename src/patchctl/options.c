#include "patchctl/command.h"

static const struct option_row *
find(const struct option_row *rows, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

int
command_options(struct command_line *l, const struct option_row *rows,
    size_t n, struct err *e)
{
	int left = 0;

	for (int i = 0; i < l->argc; i++) {
		struct str word = str(l->argv[i]), value = word;
		const struct option_row *row;

		if (str_is(word, "--json")) {
			l->json = true;
			continue;
		}
		if (!str_starts(word, STR("--"))) {
			l->argv[left++] = l->argv[i];
			continue;
		}
		value = str_n(word.p + 2, word.len - 2);
		row = find(rows, n, str_cut(&value, '='));
		if (!row)
			return err_set(e, ERR_USAGE, "there is no option %s",
			    word.p);
		if (row->flag) {
			*row->flag = true;
			continue;
		}
		if (!value.p && ++i == l->argc)
			return err_set(e, ERR_USAGE, "%s needs a value",
			    word.p);
		*row->value = value.p ? value.p : l->argv[i];
	}
	l->argc = left;
	return 0;
}

int
command_govern(struct command_line *l, struct govern *g, struct err *e)
{
	govern_init(g, &l->cfg, DB_RW);
	return govern_ready(g, l->a, e);
}
