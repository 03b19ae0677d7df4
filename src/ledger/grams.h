/* grams.h - is each term that can be searched for found by its letters?
 *
 * Index term_gram cannot be read back; a term counts as there when its first
 * three letters lead to it. */
#ifndef LEDGER_GRAMS_H
#define LEDGER_GRAMS_H

#include "store/db.h"

/* The first term behind `after` that is not found; 0: there is none. */
int grams_missing(struct db *db, int64_t after, int64_t *term, struct err *e);
/* Put those that are missing into the index, each in its own transaction. */
int grams_mend(struct db *db, struct err *e);

#endif
