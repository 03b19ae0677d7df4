/* sums.h - counts by a key, collected while rows go by in any order. */
#ifndef LEDGER_SUMS_H
#define LEDGER_SUMS_H

#include "ledger/rollup.h"

struct sum {
	int64_t key;
	struct counts n;
	int64_t first_ms, last_ms;	/* sums_see(); INT64_MAX, INT64_MIN: none */
	bool used;
};

struct sums {
	struct sum *rows;	/* a hash table until sums_list() */
	size_t n, room;
};

/* The row of that key, all 0 when it is new; valid until the next call. */
struct sum *sums_at(struct sums *s, int64_t key);
/* NULL when there is none. */
const struct sum *sums_find(const struct sums *s, int64_t key);
void counts_more(struct counts *to, const struct counts *n);
/* Its n rows side by side at s->rows, sorted by key; nothing can be added or
 * found any more. */
void sums_list(struct sums *s);
void sums_free(struct sums *s);

#endif
