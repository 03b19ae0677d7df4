/* bridge.h - a factory's output as a batch, with positions from the workspace.
 *
 * One rule for each file of full content:
 *	create		there is no such file
 *	marker		regions ###FINAL_MILE_PROMPT__NAME### … ###END_NAME###:
 *			those that the contents have, each of them once in the
 *			file, get the lines between the markers of the contents,
 *			and what the contents have around them is not looked at;
 *			contents without markers become the lines of the one
 *			region that the file has (of a begin marker that nothing
 *			closes: they replace its line); begin and end on one
 *			line are no region
 *	write-file	anything else: all of the file, by minimal hunks, for
 *			the version that was read
 * A unified diff stays one.  Each operation's meta tells its rule, and by
 * leftOut that the contents have something around the markers that is not in
 * the file. */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include "edit/batch.h"
#include "model/factory.h"
#include "tree/workspace.h"

/* A PhaseImplementation, and members of a PatchBatch beside it. */
struct bridge_request {
	struct patch_batch batch;	/* without operations */
	struct str task_id;
	struct phase_implementation phase;
};

/* A CodeReviewOutput, the planned fixes, and members of a PatchBatch.  Fixes
 * are whole files (the rules above); patches are taken over as they are. */
struct review_request {
	struct patch_batch batch;	/* its operations: the patches */
	struct str task_id;
	struct code_review review;
	struct file_output *fixes;
	size_t n_fixes;
};

extern const struct contract bridge_request_contract, review_request_contract;

/* 0 with *out, whose strings are those of q or the arena's.  Files are read
 * up to file_bytes each.  ERR_INVALID (a file twice, no fix at all), and what
 * keeps a file from being read; e->at names the member of q. */
int bridge_batch(struct arena *a, struct workspace *ws, size_t file_bytes,
    const struct bridge_request *q, struct patch_batch *out, struct err *e);
/* *unfixed: the files that require changes and have neither fix nor patch. */
int review_batch(struct arena *a, struct workspace *ws, size_t file_bytes,
    const struct review_request *q, struct patch_batch *out,
    struct str **unfixed, size_t *n_unfixed, struct err *e);

#endif
