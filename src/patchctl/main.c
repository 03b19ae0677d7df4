/* patchctl - operate Patchwarden from the command line.  The usage, --help and
 * the completion are made from the tables of commands. */
#include "patchctl/command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "contract/problem.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

const struct command *const command_groups[] = {
	edit_commands, batch_commands, log_commands, tail_commands,
	revert_commands, tasks_commands, resolve_commands, bridge_commands, db_commands,
	chain_commands, backup_commands, retain_commands, stats_commands,
	report_commands, scan_commands, regroup_commands, issues_commands,
	token_commands, config_commands, contract_commands,
	completion_commands, NULL
};

static void
usage(FILE *to)
{
	fputs("usage: patchctl [--config FILE] [--json] COMMAND [options]\n\n",
	    to);
	for (size_t g = 0; command_groups[g]; g++)
		for (const struct command *c = command_groups[g]; c->words; c++)
			fprintf(to, "  %-16s %s\n", c->words, c->doc);
	fputs("\nExit status: 0 done, 1 refused, 2 wrong usage, 3 something "
	    "cannot be reached or opened.\n"
	    "patchctl COMMAND --help tells more; see also patchctl(1).\n", to);
}

/* The arguments, broken before an option where a line is full. */
static void
put_args(const struct command *c)
{
	size_t column = strlen("usage: patchctl ") + strlen(c->words);
	struct str rest = str(c->args);

	while (rest.p && rest.len) {
		struct str word = str_cut(&rest, ' ');

		if (column + 1 + word.len > 78 && word.len &&
		    (word.p[0] == '[' || word.p[0] == '-' ||
		    word.p[0] == '(')) {
			fputs("\n\t", stdout);
			column = 7;
		}
		printf("%s%.*s", column == 7 ? "" : " ", STR_ARG(word));
		column += 1 + word.len;
	}
}

static void
command_help(const struct command *c)
{
	printf("usage: patchctl %s", c->words);
	put_args(c);
	printf("\n\n%s\n", c->doc);
	if (c->help)
		printf("\n%s\n", c->help);
	if (c->help_more)
		c->help_more(c);
}

/* How many of argv's words name that command; 0: they do not. */
static int
names(const struct command *c, int argc, char **argv)
{
	struct str rest = str(c->words);
	int n = 0;

	while (rest.p) {
		struct str word = str_cut(&rest, ' ');

		if (n == argc || !str_is(word, argv[n]))
			return 0;
		n++;
	}
	return n;
}

static const struct command *
find(int argc, char **argv, int *words)
{
	for (size_t g = 0; command_groups[g]; g++)
		for (const struct command *c = command_groups[g]; c->words; c++)
			if ((*words = names(c, argc, argv)) > 0)
				return c;
	return NULL;
}

/* The first of the two words of some commands. */
static bool
is_group(const char *word)
{
	size_t len = strlen(word);

	for (size_t g = 0; command_groups[g]; g++)
		for (const struct command *c = command_groups[g]; c->words; c++)
			if (str_starts(str(c->words), str(word)) &&
			    c->words[len] == ' ')
				return true;
	return false;
}

/* The first word is that of some command, or nearly: tell which there are. */
static void
suggest(const char *word)
{
	for (size_t g = 0; command_groups[g]; g++)
		for (const struct command *c = command_groups[g]; c->words; c++)
			if (str_starts(str(c->words), str(word)) ||
			    command_is_near(str(word), str(c->words)))
				fprintf(stderr, "  patchctl %s %s\n", c->words,
				    c->args);
}

static int
fail(const struct command_line *l, const struct err *e)
{
	const struct err_row *row = err_row(e->kind);
	struct buf out = BUF_INIT(BODY_DEFAULT_BYTES);
	struct json_writer w = JSON_WRITER(&out);

	if (l->json) {
		json_object_open(&w);
		problem_members(&w, e, STR_NONE);
		json_object_close(&w);
		printf("%s\n", out.p);
		fflush(stdout);
		buf_free(&out);
	}
	for (const struct err *one = e; one; one = one->next)
		fprintf(stderr, "patchctl: %s%s%s\n", one->detail,
		    one->at[0] ? " at " : "", one->at);
	if (row->hint[0])
		fprintf(stderr, "patchctl: %s\n", row->hint);
	if (e->kind == ERR_USAGE && l->command)
		fprintf(stderr, "patchctl: patchctl %s --help tells how it is "
		    "used\n", l->command->words);
	return row->exit;
}

/* The global options before the command; -1 for a wrong one. */
static int
global_options(struct command_line *l, const char **config, int argc,
    char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "--json")) {
			l->json = true;
		} else if (!strcmp(argv[i], "--config") && i + 1 < argc) {
			*config = argv[++i];
		} else if (!strcmp(argv[i], "--help") ||
		    !strcmp(argv[i], "-h")) {
			usage(stdout);
			return 0;
		} else if (!strcmp(argv[i], "--version")) {
			printf("patchctl %s\n", PACKAGE_VERSION);
			return 0;
		} else {
			fprintf(stderr, "patchctl: no option %s\n", argv[i]);
			return -1;
		}
	}
	return i;
}

static int
run(struct command_line *l, const char *config, int argc, char **argv)
{
	struct err e = { 0 };
	int words, rc;
	const struct command *c = find(argc, argv, &words);

	if (!c) {
		fprintf(stderr, is_group(argv[0]) ?
		    "patchctl: %s is one of\n" :
		    "patchctl: there is no command %s\n", argv[0]);
		suggest(argv[0]);
		return 2;
	}
	l->command = c;
	l->argc = argc - words;
	l->argv = argv + words;
	for (int i = 0; i < l->argc; i++)
		if (!strcmp(l->argv[i], "--help")) {
			command_help(c);
			return 0;
		}
	if (c->no_config && !config && !getenv("PATCHWARDEN_CONFIG"))
		config = "/dev/null";	/* the environment alone */
	if (config_load(config, l->a, &l->cfg, &e) != 0)
		return fail(l, &e);
	log_set((enum log_level)l->cfg.log_level);
	rc = c->run(l, &e);
	return rc < 0 ? fail(l, &e) : rc;
}

int
main(int argc, char **argv)
{
	struct command_line l = { .a = arena_new() };
	const char *config = NULL;
	int first, rc = 2;

	signal(SIGXFSZ, SIG_IGN);	/* a write past a limit fails instead */
	edit_commands_make(l.a);
	first = global_options(&l, &config, argc, argv);
	if (first == 0)
		rc = 0;
	else if (first > 0 && first < argc)
		rc = run(&l, config, argc - first, argv + first);
	else
		usage(stderr);
	arena_free(l.a);
	if (fflush(stdout) != 0)
		rc = 3;
	return rc;
}
