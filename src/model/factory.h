/* factory.h - what a factory's agents produce, as the upstream's schemas name
 * it: files of a phase, plans for files, reviews. */
#ifndef MODEL_FACTORY_H
#define MODEL_FACTORY_H

#include "contract/contract.h"

#define FACTORY_MAX_STRINGS 1000	/* commands or issues of one output */

enum file_format { FORMAT_FULL_CONTENT, FORMAT_UNIFIED_DIFF, FORMAT__MAX };

struct file_output {
	struct str path, contents, purpose;
	int format;			/* enum file_format */
};

struct phase_implementation {
	struct file_output *files;
	size_t n_files;
	bool deployment_needed;
	struct str *commands;
	size_t n_commands;
};

struct file_concept {
	struct str path, purpose, changes;	/* changes STR_NONE: new */
};

struct file_to_fix {
	struct str path;
	struct str *issues;
	size_t n_issues;
	bool require_code_changes;
};

struct code_review {
	bool issues_found;
	struct str *dependencies_not_met, *frontend_issues, *backend_issues;
	struct str *commands;
	size_t n_dependencies_not_met, n_frontend_issues, n_backend_issues;
	size_t n_commands;
	struct file_to_fix *files;
	size_t n_files;
};

extern const struct contract file_output_contract, file_concept_contract,
    phase_implementation_contract, file_to_fix_contract, code_review_contract;

#define F_FACTORY_STRS(S, m, n, nm, text) \
	F_STRS(S, m, n, nm, FIELD_OMIT, 0, FACTORY_MAX_STRINGS, \
	    REASON_MAX_BYTES, FMT_TEXT, text)
/* The rows of the two outputs, for contracts that have more: at is the path to
 * them within S with its dot, or nothing. */
#define PHASE_IMPLEMENTATION_ROWS(S, at) \
	F_LIST(S, at files, at n_files, "files", FIELD_REQUIRED, 1, BATCH_MAX_PATCHES, &file_output_contract, "The files of the phase."), \
	F_BOOL(S, at deployment_needed, "deploymentNeeded", "false", "The project has to be deployed afterwards."), \
	F_FACTORY_STRS(S, at commands, at n_commands, "commands", "What to run afterwards; never run by us.")
#define CODE_REVIEW_ROWS(S, at) \
	F_BOOL(S, at issues_found, "issuesFound", "false", "The review found something."), \
	F_FACTORY_STRS(S, at dependencies_not_met, at n_dependencies_not_met, "dependenciesNotMet", "Packages that are missing."), \
	F_FACTORY_STRS(S, at frontend_issues, at n_frontend_issues, "frontendIssues", "What is wrong in the front end."), \
	F_FACTORY_STRS(S, at backend_issues, at n_backend_issues, "backendIssues", "What is wrong in the back end."), \
	F_LIST(S, at files, at n_files, "filesToFix", 0, 0, BATCH_MAX_PATCHES, &file_to_fix_contract, "Files and what is wrong in them."), \
	F_FACTORY_STRS(S, at commands, at n_commands, "commands", "What to run afterwards; never run by us.")

#endif
