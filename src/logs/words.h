/* words.h - words as numbers, and numbers found by numbers: the tables that
 * drain stands on.  All memory is from an arena that lives as long. */
#ifndef LOGS_WORDS_H
#define LOGS_WORDS_H

#include "base/arena.h"

/* -- a table from 64 bits to 32 -- */
struct map {
	struct arena *a;
	uint64_t *keys;		/* 0: free */
	uint32_t *values;
	size_t n, cap;
	size_t bytes;
};

uint32_t map_get(const struct map *m, uint64_t key);	/* 0: it is not there */
/* Neither is 0.  What is there already stays. */
void map_put(struct map *m, uint64_t key, uint32_t value);
uint64_t map_mix(uint64_t h, uint64_t more);	/* a hash of both, never 0 */

/* -- words -- */
enum { WORD_NONE, WORD_ANY };			/* WORD_ANY is "<*>" */

struct word {
	struct str text;
	bool telling;		/* see below */
	bool masked;		/* has something in angle brackets */
	bool worded;		/* letters beside what is masked */
	bool constant;		/* letters, and nothing masked */
	bool plain;		/* nothing but letters */
	bool negation;		/* "not" */
};

struct words {
	struct arena *a;
	struct map by_hash;
	struct word *of;
	uint32_t n, cap;
	size_t bytes;
};

void words_init(struct words *w, struct arena *a);
uint32_t words_find(const struct words *w, struct str s);	/* or WORD_NONE */
uint32_t words_add(struct words *w, struct str s);

/* Does the word tell one event from another, where all else is the same?
 * Names in capitals do (ECONNREFUSED, LOOKING, GET), and words that come in
 * opposites (opened, closed). */
bool word_is_telling(struct str s);

#endif
