/* seal.h - the oldest events go, sealed.  Only inside of ledger/. */
#ifndef LEDGER_SEAL_H
#define LEDGER_SEAL_H

#include "ledger/retention.h"

/* Inside db_begin(): remove at most max events and all that hangs on them. */
int seal_step(struct db *db, const struct retention *r, int64_t max,
    int64_t *rows, struct err *e);

#endif
