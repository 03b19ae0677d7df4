/* retain.h - what is older than the configuration wants is removed. */
#ifndef GOVERN_RETAIN_H
#define GOVERN_RETAIN_H

#include "govern/govern.h"
#include "ledger/retention.h"

struct retain_report {
	struct {
		int64_t days;		/* 0: kept for ever */
		int64_t rows;		/* removed, or that would be */
	} of[RETAIN__MAX];
	struct str archive;		/* the file that has the events; or none */
};

struct retain_options {
	bool dry_run;			/* count only */
	void (*tell)(void *arg, int64_t done, int64_t of, int64_t bytes);
	void *arg;			/* tell NULL: nobody wants to know */
};

/* Small transactions, so that writers are not kept waiting.  A crash leaves
 * less removed, nothing else.  With PATCHWARDEN_RETAIN_ARCHIVE events are
 * exported there first, and stay when that fails. */
int govern_retain(struct govern *g, struct arena *a,
    const struct retain_options *o, struct retain_report *out,
    struct err *e);

#endif
