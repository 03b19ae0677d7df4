/* verdict.h - what one validator said of a batch. */
#ifndef MODEL_VERDICT_H
#define MODEL_VERDICT_H

#include "contract/contract.h"

enum verdict_status {
	VERDICT_OK,		/* no new fault */
	VERDICT_FAILED,		/* new faults, or a limit was reached */
	VERDICT_TIMEOUT,
	VERDICT_ERROR,		/* it could not be run, and is required */
	VERDICT_SKIPPED,	/* there was nothing to do, or nothing to run */
	VERDICT__MAX
};

struct verdict {
	struct str name;		/* of the validator */
	int rule;			/* enum validator_rule */
	bool ok;
	int status;			/* enum verdict_status */
	int64_t exit;			/* of the first run that failed; -1: none */
	int64_t duration_ms;		/* of all its runs */
	struct str reason;		/* one sentence, when there is one to say */
	struct str baseline;		/* "failed before too" */
	struct str isolation;		/* "namespaces", "none: why" */
	struct str *files;		/* those it was run for */
	size_t n_files;
	struct str *diagnostics;	/* that were not there before */
	size_t n_diagnostics;
	struct str output;		/* of both streams, cut */
};

extern const struct contract verdict_contract;

#endif
