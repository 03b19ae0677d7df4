/* seed_words.h - what agents call things: paths, reasons, failures, free data.
 * A path belongs to its number, whatever the seed is; the rest is drawn. */
#ifndef BENCH_SEED_WORDS_H
#define BENCH_SEED_WORDS_H

#include "base/arena.h"
#include "seed_dice.h"

#define SEED_PATHS	100000
/* In about 10 patches of a log, and in one of eight of its batches.  Neither
 * stands in a path, an error or free data. */
#define SEED_RARE	"zyzzyva"
#define SEED_COMMON	"refactor"

struct str words_path(uint32_t i, struct arena *a);
struct str words_reason(struct dice *d, struct arena *a);
struct str words_rare_reason(struct dice *d, struct arena *a);

/* One of 200 kinds; three of ten kinds name numbers, which vary.  *code is one
 * of base/err.def. */
struct str words_error(struct dice *d, struct arena *a, struct str *code);
/* What a compiler prints for a patch manager elsewhere, as JSON. */
struct str words_check_output(struct dice *d, struct arena *a, bool good);
/* STR_NONE for most. */
struct str words_meta(struct dice *d, struct arena *a);

#endif
