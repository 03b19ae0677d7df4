/* command.h - what all commands of patchctl share. */
#ifndef PATCHCTL_COMMAND_H
#define PATCHCTL_COMMAND_H

#include "base/arena.h"
#include "govern/govern.h"
#include "model/config.h"

struct command_line {
	struct arena *a;
	struct config cfg;
	bool json;		/* --json */
	int argc;		/* what follows the command's words */
	char **argv;
};

struct command {
	const char *words;	/* "db migrate" */
	const char *args;	/* "[--dry-run]" */
	/* 0, or -1 with e; what it has to say goes to the standard output. */
	int (*run)(struct command_line *l, struct err *e);
	const char *doc;	/* one line of the usage */
	const char *help;	/* more, for "patchctl WORDS --help"; may be NULL */
};

extern const struct command db_commands[], token_commands[], config_commands[],
    contract_commands[], completion_commands[], resolve_commands[],
    bridge_commands[];
/* All of them; ends with NULL. */
extern const struct command *const command_groups[];

/* An option of a command: --name VALUE, --name=VALUE, or a bare flag. */
struct option_row {
	const char *name;	/* "scopes" */
	const char **value;	/* else */
	bool *flag;
};
/* Take the options out of l->argv; what is left are its arguments.
 * ERR_USAGE names what nobody knows. */
int command_options(struct command_line *l, const struct option_row *rows,
    size_t n, struct err *e);
/* A write-capable governor over the configured database; govern_close() it. */
int command_govern(struct command_line *l, struct govern *g, struct err *e);

#endif
