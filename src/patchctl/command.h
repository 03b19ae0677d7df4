/* command.h - what all commands of patchctl share. */
#ifndef PATCHCTL_COMMAND_H
#define PATCHCTL_COMMAND_H

#include "base/arena.h"
#include "govern/govern.h"
#include "model/config.h"

struct command;

struct command_line {
	struct arena *a;
	struct config cfg;
	const struct command *command;
	bool json;		/* --json */
	int argc;		/* what follows the command's words */
	char **argv;
};

struct command {
	const char *words;	/* "db migrate" */
	const char *args;	/* "[--dry-run]" */
	/* 0, or -1 with e; what it has to say goes to the standard output.
	 * More than 0: refused, all has been said, the exit status. */
	int (*run)(struct command_line *l, struct err *e);
	const char *doc;	/* one line of the usage */
	const char *help;	/* more, for "patchctl WORDS --help"; may be NULL */
	bool no_config;		/* works without a configuration file */
	void (*help_more)(const struct command *c);	/* may be NULL */
};

extern const struct command db_commands[], chain_commands[],
    backup_commands[], retain_commands[], stats_commands[], report_commands[],
    token_commands[], config_commands[],
    contract_commands[], completion_commands[], batch_commands[],
    log_commands[], revert_commands[], tasks_commands[],
    resolve_commands[], bridge_commands[], tail_commands[],
    scan_commands[], regroup_commands[],
    issues_commands[];
/* One for each row of the operation table; made by edit_commands_make(). */
extern struct command edit_commands[];
void edit_commands_make(struct arena *a);
/* All of them; ends with NULL. */
extern const struct command *const command_groups[];

/* An option of a command: --name VALUE, --name=VALUE, or a bare flag. */
struct option_row {
	const char *name;	/* "scopes" */
	const char **value;	/* else */
	bool *flag;
};
/* Take the options out of l->argv; what is left are its arguments.  "--" ends
 * the options; "-" is an argument.
 * ERR_USAGE names what nobody knows. */
int command_options(struct command_line *l, const struct option_row *rows,
    size_t n, struct err *e);
/* At most two letters are wrong, missing or too many. */
bool command_is_near(struct str a, struct str b);
/* Exactly one argument is left: what; ERR_USAGE otherwise. */
int command_argument(const struct command_line *l, const char *what,
    const char **out, struct err *e);
/* A file by its name, "-" is the standard input.  ERR_IO, ERR_LIMIT_EXCEEDED. */
int command_file(struct command_line *l, const char *name, size_t max,
    struct str *out, struct err *e);
/* A write-capable governor over the configured database; govern_close() it. */
int command_govern(struct command_line *l, struct govern *g, struct err *e);

#endif
