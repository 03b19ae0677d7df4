/* term.h - table term: values that repeat, stored once each.
 *
 * Terms are never removed while the log has them and never change, so their
 * numbers may be remembered.  0 stands for a value that is not there. */
#ifndef LEDGER_TERM_H
#define LEDGER_TERM_H

#include "store/db.h"

/* Kept in the database: numbers stay as they are. */
enum term_field {
	TERM_NONE = 0,
	TERM_FILE = 1,
	TERM_OP = 2,
	TERM_REQUESTER = 3,
	TERM_REASON = 4,
	TERM_ERROR = 5,
	TERM_META = 6,		/* a text or a number somewhere in meta */
	TERM_PHASE = 7,
	TERM_WORKSPACE = 8,
	TERM_ORDER = 9,
	TERM_TASK = 10,
	TERM_TYPE = 11,
	TERM_STATUS = 12,
	TERM_FIELD__MAX
};

/* Rows of the log are found by blocks of so many ids. */
#define POSTING_BLOCK	256

/* Search looks at it: its terms are in term_gram. */
bool term_is_searched(enum term_field field);

/* Inside db_begin(): the number of the value, a new one when it is new.
 * STR_NONE is 0. */
int term_put(struct db *db, enum term_field field, struct str text,
    int64_t *id, struct err *e);
/* The same, and row `row` of the log has it: its block is posted. */
int term_post(struct db *db, enum term_field field, struct str text,
    int64_t row, int64_t *id, struct err *e);

/* 1 and *id, 0 when there is no such value, -1. */
int term_find(struct db *db, enum term_field field, struct str text,
    int64_t *id, struct err *e);
/* 1 and *out (arena; STR_NONE for id 0), 0 when there is no such term, -1. */
int term_text(struct db *db, struct arena *a, int64_t id, struct str *out,
    struct err *e);

#endif
