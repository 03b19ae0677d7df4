/* ops.h - the contracts of batches and operations. */
#ifndef EDIT_OPS_H
#define EDIT_OPS_H

#include "contract/contract.h"
#include "edit/batch.h"

extern const struct contract patch_op_contract;		/* a union by op */
extern const struct contract patch_batch_contract;

#endif
