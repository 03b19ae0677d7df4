/* top.h - the most frequent of very many keys.
 *
 * A key and its number are 16 bytes, so that the table of ten thousands of them
 * stays near the processor. */
#ifndef LEDGER_TOP_H
#define LEDGER_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct top_row { int64_t key, n; };

struct top {
	struct top_row *rows;	/* a hash table; n 0: free */
	size_t used, room;
};

/* n more of that key; n > 0. */
void top_add(struct top *t, int64_t key, int64_t n);
/* The max most frequent, the most first, of equally many the lower key; how
 * many there are. */
size_t top_best(const struct top *t, struct top_row *out, size_t max);
bool top_has(const struct top *t, int64_t key);
/* Put into out those with n of at least that; the greatest key, 0: none. */
int64_t top_from(const struct top *t, int64_t n, struct top *out);
void top_free(struct top *t);

#endif
