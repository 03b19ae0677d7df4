/* seed_dice.h - chance that is the same on every run: a generator of 64 bits
 * and the distributions that a log of work has. */
#ifndef BENCH_SEED_DICE_H
#define BENCH_SEED_DICE_H

#include "base/str.h"

struct dice {
	uint64_t state;
};

/* Well mixed, for choices that belong to a number and not to a moment. */
uint64_t dice_hash(uint64_t a, uint64_t b);

uint64_t dice_roll(struct dice *d);
uint64_t dice_below(struct dice *d, uint64_t n);	/* 0 to n - 1 */
double dice_unit(struct dice *d);			/* 0 to below 1 */
bool dice_chance(struct dice *d, double p);
/* exp(mean + deviation * a normal number). */
double dice_log_normal(struct dice *d, double mean, double deviation);
/* One of the weights, by its share of their sum. */
size_t dice_pick(struct dice *d, const unsigned *weights, size_t n);

/* Number i is drawn in proportion to (i + 1) ^ -exponent, in constant time. */
struct zipf {
	size_t n;
	double *keep;		/* else draw other[i] */
	uint32_t *other;
};
struct zipf zipf_new(size_t n, double exponent);
void zipf_free(struct zipf *z);
size_t zipf_draw(const struct zipf *z, struct dice *d);

#endif
