/* input.h - a file of edits in any of the dialects, as a batch. */
#ifndef PATCHCTL_INPUT_H
#define PATCHCTL_INPUT_H

#include "base/arena.h"
#include "edit/batch.h"

enum input_kind {
	INPUT_BATCH,		/* a PatchBatch, JSON */
	INPUT_ENVELOPE,		/* *** Begin Patch */
	INPUT_FENCES,		/* SEARCH/REPLACE */
	INPUT_DIFF,		/* a unified diff */
	INPUT_UNKNOWN
};

/* By what stands in it. */
enum input_kind input_kind_of(struct str text);
/* Decode it; all faults of a batch at once.  ERR_BAD_PATCH when it is none of
 * these. */
int input_read(struct arena *a, struct str text, struct patch_batch *out,
    struct err *e);

#endif
