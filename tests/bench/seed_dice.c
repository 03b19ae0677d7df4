#include "seed_dice.h"

#include <math.h>
#include <stdlib.h>

/* splitmix64: enough for what is no secret. */
static uint64_t
mixed(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

uint64_t
dice_hash(uint64_t a, uint64_t b)
{
	return mixed(mixed(a + 0x9e3779b97f4a7c15U) + b * 0x9e3779b97f4a7c15U);
}

uint64_t
dice_roll(struct dice *d)
{
	return mixed(d->state += 0x9e3779b97f4a7c15U);
}

uint64_t
dice_below(struct dice *d, uint64_t n)
{
	return (uint64_t)(dice_unit(d) * (double)n);
}

double
dice_unit(struct dice *d)
{
	return (double)(dice_roll(d) >> 11) * 0x1p-53;
}

bool
dice_chance(struct dice *d, double p)
{
	return dice_unit(d) < p;
}

double
dice_log_normal(struct dice *d, double mean, double deviation)
{
	double r = sqrt(-2 * log(1 - dice_unit(d)));

	return exp(mean + deviation * r * cos(2 * M_PI * dice_unit(d)));
}

size_t
dice_pick(struct dice *d, const unsigned *weights, size_t n)
{
	uint64_t sum = 0, at;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	at = dice_below(d, sum);
	for (size_t i = 0; i < n; i++) {
		if (at < weights[i])
			return i;
		at -= weights[i];
	}
	return n - 1;
}

static void *
memory(size_t n, size_t each)
{
	void *p = calloc(n, each);

	if (!p)
		abort();
	return p;
}

/* Walker's aliases: what a number has too little of is filled up with one that
 * has too much, so that every cell is full and one draw finds both. */
struct zipf
zipf_new(size_t n, double exponent)
{
	struct zipf z = { n, memory(n, sizeof(*z.keep)),
	    memory(n, sizeof(*z.other)) };
	uint32_t *poor = memory(n, sizeof(*poor));
	uint32_t *rich = memory(n, sizeof(*rich));
	size_t n_poor = 0, n_rich = 0;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += z.keep[i] = pow((double)i + 1, -exponent);
	for (size_t i = 0; i < n; i++) {
		z.keep[i] *= (double)n / sum;
		z.other[i] = (uint32_t)i;
		if (z.keep[i] < 1)
			poor[n_poor++] = (uint32_t)i;
		else
			rich[n_rich++] = (uint32_t)i;
	}
	while (n_poor > 0 && n_rich > 0) {
		uint32_t p = poor[--n_poor], r = rich[n_rich - 1];

		z.other[p] = r;
		z.keep[r] -= 1 - z.keep[p];
		if (z.keep[r] < 1) {
			n_rich--;
			poor[n_poor++] = r;
		}
	}
	free(poor);
	free(rich);
	return z;
}

void
zipf_free(struct zipf *z)
{
	free(z->keep);
	free(z->other);
	*z = (struct zipf){ 0 };
}

size_t
zipf_draw(const struct zipf *z, struct dice *d)
{
	size_t i = dice_below(d, z->n);

	return dice_unit(d) < z->keep[i] ? i : z->other[i];
}
