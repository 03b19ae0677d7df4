/* order_terms.h - texts of the terms of one order, each looked up once.  Only
 * inside of ledger/. */
#ifndef LEDGER_ORDER_TERMS_H
#define LEDGER_ORDER_TERMS_H

#include "ledger/term.h"

struct order_terms {
	struct db *db;
	struct arena *a;
	struct { int64_t id; struct str text; } *rows;	/* a hash table */
	size_t n, room;
};

/* STR_NONE for 0, and for one that is not there. */
int order_term(struct order_terms *t, int64_t id, struct str *out,
    struct err *e);

#endif
