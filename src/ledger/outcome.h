/* outcome.h - table patch_outcome: a patch counts once, by its last outcome. */
#ifndef LEDGER_OUTCOME_H
#define LEDGER_OUTCOME_H

#include "ledger/rollup.h"
#include "model/patch_event.h"

/* What this event says became of the patch; OUTCOME_NONE when nothing.  foreign:
 * told by a producer elsewhere, whose failed check is a failure (a check that
 * was required here would have refused the patch). */
enum outcome_kind outcome_of(const struct patch_event *p, bool foreign);

/* Inside db_begin(): o is the outcome of that patch from now on; what was told
 * before is taken away, from the sums too.  o->duration_ms is looked up when it
 * is unknown and the patch was requested here. */
int outcome_put(struct db *db, struct tally *t, struct outcome *o,
    struct str patch_id, struct err *e);

/* The columns of a row, as outcome_read() wants them. */
#define OUTCOME_COLUMNS "o.created_at, o.id, o.outcome, o.op, o.phase," \
	" o.requester, o.workspace, o.\"order\", o.task, o.file, o.error," \
	" o.duration_ms, o.lines_added, o.lines_removed"
struct outcome outcome_read(struct stmt *s);
/* 1 and *out, 0 when there is no such row, -1. */
int outcome_get(struct db *db, int64_t created_ms, int64_t id,
    struct outcome *out, struct err *e);

#endif
