/* scan.h - read the sources of a scope once: lines, issues, judgement, GitHub.
 *
 * One scan at a time, whoever wants it: a lock in the state folder, which the
 * kernel lets go when its holder dies. */
#ifndef OPS_SCAN_H
#define OPS_SCAN_H

#include "ops/ops.h"

struct scan_progress {			/* all may be NULL */
	void (*source)(void *to, const char *name, const char *state);
	void (*counted)(void *to, const struct scan_totals *t);
	void *to;
};

/* Begin: *out has its id, and the lock is held until ops_scan_run() returns or
 * the process ends.  ERR_BUSY when one runs: out->id is its id (0: it has not
 * been told yet). */
struct scan_job;
int ops_scan_begin(struct ops *o, enum scan_scope scope, struct str by,
    struct ops_scan *out, struct scan_job **job, struct err *e);
/* All of it.  0 also when a source failed: out->status is then PARTIAL or
 * FAILED and out->error says which and why; -1 when the database did.  Frees
 * job. */
int ops_scan_run(struct ops *o, struct scan_job *job,
    const struct scan_progress *p, struct ops_scan *out, struct err *e);
/* It will not be run here (a child does it). */
void ops_scan_forget(struct scan_job *job);

#endif
