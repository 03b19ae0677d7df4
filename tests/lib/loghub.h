/* loghub.h - lines as the servers of the public Loghub samples write them.
 *
 * No line is theirs: each row says how one statement of a program prints, how
 * often it does among the others, and what changes from time to time; the
 * rows of a system have the mixture that its sample has, with few statements
 * that make most lines and many that make one or two.  What statement a line
 * came from is known, so groupings can be judged. */
#ifndef TESTS_LOGHUB_H
#define TESTS_LOGHUB_H

#include "base/buf.h"

struct loghub_row {
	int weight;		/* lines of 2000, about */
	const char *text;	/* {num} and the like change */
};

struct loghub_system {
	const char *name;
	double published;	/* grouping accuracy of Drain on the sample */
	const char *head;	/* what stands before each message */
	const struct loghub_row *rows;
	size_t n_rows;
};

extern const struct loghub_system loghub_systems[];
extern const size_t loghub_n_systems;

struct loghub {
	const struct loghub_system *system;
	uint64_t state;		/* of the dice */
	int64_t at;		/* seconds, for heads */
};

struct loghub loghub_begin(const struct loghub_system *s, uint64_t seed);
/* The next line: its head, its message (without the head), the row. */
size_t loghub_next(struct loghub *g, struct buf *head, struct buf *message);

#endif
