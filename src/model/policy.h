/* policy.h - what may be done to a workspace, as its operator wrote it down:
 * one JSON file for each (PATCHWARDEN_POLICIES: NAME=FILE, …), which no agent
 * can reach. */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include "contract/contract.h"

enum validator_rule { VALIDATOR_REQUIRED, VALIDATOR_ADVISORY, VALIDATOR__MAX };

struct validator {
	struct str name;		/* "tsc"; that of a preset fills the rest */
	struct str *globs;		/* which changed files call for it */
	size_t n_globs;
	struct str *command;		/* argv; "{}" is each changed file */
	size_t n_command;
	int rule;			/* enum validator_rule */
	int64_t timeout_ms, memory_mb, processes, output_bytes; /* -1: default */
};

struct policy {
	struct str *allow, *deny;	/* globs of paths; no allow: all */
	size_t n_allow, n_deny;
	struct str *operations;		/* names; none: all */
	size_t n_operations;
	int64_t max_files, max_lines, max_bytes;	/* of a batch; -1: any */
	int64_t max_deleted_percent;	/* of the lines of a file; -1: any */
	bool guards;			/* @hash:… START/END, PROTECTED-BEGIN/END */
	struct str tasks;		/* path of tasks.json below the root; STR_NONE */
	struct validator *validators;
	size_t n_validators;
};

extern const struct contract policy_contract;

#endif
