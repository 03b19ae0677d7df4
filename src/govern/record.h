/* record.h - write what happened: events, their projections, the answer that
 * an Idempotency-Key keeps. */
#ifndef GOVERN_RECORD_H
#define GOVERN_RECORD_H

#include "govern/govern.h"
#include "model/patch_event.h"
#include "store/idempotency.h"
#include "store/journal.h"
#include "validate/validate.h"

/* Append it to the stream and to the log; sets p->seq.  Inside db_begin(). */
int record_append(struct govern *g, struct arena *a, struct patch_event *p,
    struct err *e);
/* The same of what a producer elsewhere tells. */
int record_append_foreign(struct govern *g, struct arena *a,
    struct patch_event *p, struct err *e);

/* What an event has of the patch it is about: order, task, phase, factory. */
void record_copy_trail(struct patch_event *to, const struct patch_event *from);
/* An edit that takes a patch back and has its own id so far (reverts is set)
 * becomes what happened to that patch; and the other way round, when it is only
 * asked for or has failed.  Neither touches events of other edits. */
void record_turn_reverted(struct patch_event *p);
void record_turn_asked(struct patch_event *p);
/* The id of the edit itself: what its diff is kept by. */
struct str record_edit_id(const struct patch_event *p);

/* The outcomes that the journal of an open batch holds ready. */
int record_pending(struct govern *g, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e);
/* What would have been applied has failed instead. */
void record_turn_failed(struct patch_event *p, size_t n, const struct err *why);
/* Transaction 2 of a batch: the outcomes, the diffs of what failed dropped, the
 * answer of its Idempotency-Key, the journal closed. */
int record_outcomes(struct govern *g, struct arena *a, struct str batch_id,
    struct patch_event *p, size_t n, enum batch_state state,
    const struct err *why, struct err *e);

/* {"ok":true,"batch_id",…,"results":[…]}, or a problem with results when why
 * has a kind; with the verdicts of validators when there are any (report may be
 * NULL).  *status is the HTTP status. */
void record_answer(struct buf *out, struct str batch_id, bool dry_run,
    const struct patch_event *p, size_t n, const struct err *why,
    const struct validate_report *report, struct str request_id, int *status);

#endif
