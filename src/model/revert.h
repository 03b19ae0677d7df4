/* revert.h - the bodies that ask to take patches back. */
#ifndef MODEL_REVERT_H
#define MODEL_REVERT_H

#include "contract/contract.h"

struct revert_body {
	struct str batch_id, order_id, task_id;
	int64_t since_ms;		/* -1: not given */
	struct str requester, workspace, reason;
	bool dry_run;
};

/* Of one patch, which the route names: without the ids and since. */
extern const struct contract revert_patch_contract;
extern const struct contract revert_many_contract;

#endif
