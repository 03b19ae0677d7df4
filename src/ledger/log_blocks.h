/* log_blocks.h - which blocks of ids have all of some terms, by their postings;
 * and sets of blocks. */
#ifndef LEDGER_LOG_BLOCKS_H
#define LEDGER_LOG_BLOCKS_H

#include "ledger/term.h"

#define POSTINGS_AT_ONCE	16

/* The blocks of one term from some block on, a few at a time. */
struct postings {
	int64_t term;
	int64_t block[POSTINGS_AT_ONCE];
	size_t n, at;
	bool end;		/* there are no more behind these */
};

/* The first block from `from` on (ascending; else downwards) that the term has:
 * 1, 0: none, -1.  `from` never goes back. */
int postings_seek(struct db *db, struct postings *p, bool ascending,
    int64_t from, int64_t *found, struct err *e);

/* Some of the blocks lo..hi.  all: every one, because nearly every one is. */
struct block_set {
	int64_t lo, hi, n;
	uint64_t *bits;		/* from the arena */
	bool all;
};
void block_set_begin(struct block_set *b, struct arena *a, int64_t lo,
    int64_t hi);
bool block_set_has(const struct block_set *b, int64_t block);
/* As postings_seek(): 1 or 0. */
int block_set_seek(const struct block_set *b, bool ascending, int64_t from,
    int64_t *found);
/* Add the blocks of a term to one or several sets of the same range. */
int block_sets_add(struct db *db, struct block_set *const *sets, size_t n,
    int64_t term, struct err *e);

#endif
