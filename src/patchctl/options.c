#include "patchctl/command.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"

#define WORD_MAX_BYTES 40	/* no command or option is longer */

static const struct option_row *
find(const struct option_row *rows, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

bool
command_is_near(struct str a, struct str b)
{
	size_t row[WORD_MAX_BYTES + 1];

	if (a.len > WORD_MAX_BYTES || b.len > WORD_MAX_BYTES || a.len < 3)
		return false;
	for (size_t k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 0; i < a.len; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t k = 0; k < b.len; k++) {
			size_t change = corner + (a.p[i] != b.p[k]);
			size_t step = (row[k] < row[k + 1] ? row[k] :
			    row[k + 1]) + 1;

			corner = row[k + 1];
			row[k + 1] = change < step ? change : step;
		}
	}
	return row[b.len] <= 2;
}

static int
no_option(const struct option_row *rows, size_t n, struct str name,
    struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (command_is_near(name, str(rows[i].name)))
			return err_set(e, ERR_USAGE, "there is no option "
			    "--%.*s; is --%s meant?", STR_ARG(name),
			    rows[i].name);
	return err_set(e, ERR_USAGE, "there is no option --%.*s",
	    (int)(name.len < 100 ? name.len : 100), name.p);
}

int
command_options(struct command_line *l, const struct option_row *rows,
    size_t n, struct err *e)
{
	bool over = false;
	int left = 0;

	for (int i = 0; i < l->argc; i++) {
		struct str word = str(l->argv[i]), value = word, name;
		const struct option_row *row;

		if (!over && str_is(word, "--json")) {
			l->json = true;
			continue;
		}
		if (!str_starts(word, STR("--")) || over) {
			l->argv[left++] = l->argv[i];
			continue;
		}
		if (word.len == 2) {
			over = true;
			continue;
		}
		value = str_n(word.p + 2, word.len - 2);
		name = str_cut(&value, '=');
		row = find(rows, n, name);
		if (!row)
			return no_option(rows, n, name, e);
		if (row->flag && value.p)
			return err_set(e, ERR_USAGE, "--%s takes no value",
			    row->name);
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
command_argument(const struct command_line *l, const char *what,
    const char **out, struct err *e)
{
	if (l->argc != 1)
		return err_set(e, ERR_USAGE, "%s is needed, and nothing else",
		    what);
	*out = l->argv[0];
	return 0;
}

int
command_file(struct command_line *l, const char *name, size_t max,
    struct str *out, struct err *e)
{
	bool in = str_is(STR("-"), name);
	int fd = in ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC), rc = -1;
	struct buf bytes = BUF_INIT(max);

	if (fd < 0)
		return err_sys(e, "cannot open %s", name);
	if (in && isatty(fd))
		fputs("patchctl: reading from the terminal; end with "
		    "Ctrl-D\n", stderr);
	if (fd_read_all(fd, &bytes) == 0) {
		*out = bytes.len ? arena_str(l->a, buf_str(&bytes)) : STR("");
		rc = 0;
	} else if (bytes.full) {
		err_set(e, ERR_LIMIT_EXCEEDED, "%s has more than %zu bytes",
		    in ? "the standard input" : name, max);
	} else {
		err_sys(e, "cannot read %s", in ? "the standard input" : name);
	}
	if (!in)
		close(fd);
	buf_free(&bytes);
	return rc;
}

int
command_govern(struct command_line *l, struct govern *g, struct err *e)
{
	govern_init(g, &l->cfg, DB_RW);
	return govern_ready(g, l->a, e);
}
