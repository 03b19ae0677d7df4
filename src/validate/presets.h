/* presets.h - validators that need only be named. */
#ifndef VALIDATE_PRESETS_H
#define VALIDATE_PRESETS_H

#include "base/arena.h"
#include "model/policy.h"

#define COMMAND_MAX 32		/* words of a preset's command */

struct preset {
	const char *name, *doc;
	const char *const *globs;	/* ends with NULL */
	const char *local;	/* used instead of command[0] when the workspace
				   has it; NULL: nothing */
	const char *const *command;	/* ends with NULL; NULL: built in */
};

extern const struct preset presets[];	/* ends with name NULL */
const struct preset *preset_find(struct str name);	/* NULL: none */

/* A validator with everything filled: what the policy says, else its preset,
 * else the defaults of limits.h. */
struct validator_plan {
	struct validator v;
	struct str local;	/* STR_NONE: none */
	bool built_in;		/* json: no process */
};

/* ERR_CONFIG when it has no command or no globs and no preset has its name, or
 * when {} and {}... are both in its command. */
int validator_fill(struct arena *a, const struct validator *v,
    struct validator_plan *out, struct err *e);

/* Where files go in a command. */
enum validator_files {
	FILES_NONE,		/* nowhere: one run for the batch */
	FILES_EACH,		/* {}: a run for each */
	FILES_ALL,		/* {}...: all in one run, or as many as fit */
};
enum validator_files validator_files(const struct validator *v);

#endif
