#include "patchctl/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define EACH_US 200000

void
progress_begin(struct progress *p, const char *what)
{
	int64_t now = clock_mono_us();

	*p = (struct progress){ .what = what, .shown = isatty(STDERR_FILENO),
	    .begun_us = now, .told_us = now };
}

double
progress_rate(int64_t bytes, int64_t us)
{
	return us > 0 ? (double)bytes / (double)us : 0;
}

void
progress_tell(void *arg, int64_t done, int64_t of, int64_t bytes)
{
	struct progress *p = arg;
	int64_t now;

	if (!p->shown)
		return;
	now = clock_mono_us();
	if (now - p->told_us < EACH_US)
		return;
	p->told_us = now;
	fprintf(stderr, "\r%lld of %lld %s, %d %%", (long long)done,
	    (long long)of, p->what,
	    of > 0 ? (int)((double)done / (double)of * 100) : 100);
	if (bytes)
		fprintf(stderr, ", %.0f MB/s", progress_rate(bytes,
		    now - p->begun_us));
	fputs("\033[K", stderr);
	fflush(stderr);
}

int64_t
progress_end(struct progress *p)
{
	if (p->shown && p->told_us != p->begun_us)
		fputs("\r\033[K", stderr);
	return clock_mono_us() - p->begun_us;
}
