/* audit_sums.h - the parts of an audit.  Only inside of ledger/. */
#ifndef LEDGER_AUDIT_SUMS_H
#define LEDGER_AUDIT_SUMS_H

#include <stdarg.h>
#include <stdio.h>

#include "ledger/audit.h"
#include "ledger/rollup.h"
#include "ledger/sums.h"

struct audit_walk {
	struct db *db;
	struct arena *a;	/* of the answer */
	struct arena *step;	/* of some events */
	struct audit *out;
	struct tally tally;	/* days of the log; then sums */
	struct sums posted;	/* terms of the block that is walked */
	int64_t block;
	int64_t rows, outcomes, postings;	/* that have to be there */
	int64_t buckets, cells;
};

/* The first fault of each table is kept. */
void audit_fault(struct audit_walk *w, const char *table, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* An order or task has to know of this event of its. */
int audit_item(struct audit_walk *w, int64_t term, int64_t seq,
    struct err *e);
/* Nothing is there beside what the events made. */
int audit_counts(struct audit_walk *w, struct err *e);
/* The sums are those of the outcomes. */
int audit_sums(struct audit_walk *w, struct err *e);

#endif
