/* edits.h - keep what a batch does to its files, so that versions of them can
 * be told and edits taken back. */
#ifndef GOVERN_EDITS_H
#define GOVERN_EDITS_H

#include "edit/plan.h"
#include "govern/govern.h"
#include "model/patch_event.h"

/* Inside of transaction 1 of a batch: one row for each edit and file that is to
 * be applied, and who takes back whom; events are those of the operations.
 * record_outcomes() drops the rows of what has failed after all. */
int edits_record(struct govern *g, struct arena *a, const struct plan *p,
    const struct patch_event *events, struct err *e);

#endif
