/* check.h - a limit that cannot do what it is there for ends, and says why. */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void
check(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

#endif
