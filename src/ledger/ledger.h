/* ledger.h - what this folder keeps with each connection: terms it has seen,
 * and the sums of the transaction that is open.  Only inside of ledger/. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "ledger/rollup.h"
#include "ledger/term.h"

/* A value this connection has looked up; text.p NULL: a free place. */
struct known_term {
	struct str text;
	enum term_field field;
	uint32_t hash;
	int64_t id;
	int64_t block;		/* the last one posted; -1: none yet */
};

#define KNOWN_ROOM	32768	/* places: a power of 2 */
#define KNOWN_MAX	16384	/* of them taken; then it begins anew */

struct ledger {
	struct known_term known[KNOWN_ROOM];	/* a hash table */
	struct arena *texts;			/* of it */
	size_t n_known;
	struct tally tally;	/* not yet written */
	/* In this transaction: were the projections complete? */
	bool looked, behind;
};

/* The one of this connection, made at the first call. */
struct ledger *ledger_of(struct db *db);

/* What was looked up and not written yet means nothing any more. */
void ledger_forget(struct ledger *l);

/* Inside db_begin(): are the projections being made anew?  Then events are
 * only stored, and whoever makes them will come to these.  1 yes, 0, -1. */
int ledger_behind(struct db *db, struct err *e);

#endif
