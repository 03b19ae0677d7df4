/* gate_store.h - the limits of other people's servers, kept for all processes:
 * remote/gate.h over the tables. */
#ifndef OPS_GATE_STORE_H
#define OPS_GATE_STORE_H

#include "ops/ops.h"

void gate_store_init(struct gate *gate, struct ops *o);

#endif
