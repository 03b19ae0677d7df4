/* audit_sums.h - the parts of an audit.  Only inside of ledger/. */
#ifndef LEDGER_AUDIT_SUMS_H
#define LEDGER_AUDIT_SUMS_H

#include <stdarg.h>
#include <stdio.h>

#include "ledger/audit.h"
#include "ledger/rollup.h"

struct audit_walk {
	struct db *db;
	struct arena *a;	/* of the answer */
	struct arena *step;	/* of some events */
	struct audit *out;
	struct tally tally;	/* days of the log; then sums */
	int64_t rows, outcomes;	/* that have to be there */
	int64_t buckets, cells;
};

/* The first fault of each table is kept. */
void audit_fault(struct audit_walk *w, const char *table, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* Nothing is there beside what the events made. */
int audit_counts(struct audit_walk *w, struct err *e);
/* The sums are those of the outcomes. */
int audit_sums(struct audit_walk *w, struct err *e);

#endif
