#include "fanout_clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fanout_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

void
require(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fanout_load: %s\n", what);
	exit(1);
}

static double
seconds(clockid_t clock)
{
	struct timespec ts;

	check(clock_gettime(clock, &ts) == 0, "a clock");
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double
now(void)
{
	return seconds(CLOCK_MONOTONIC);
}

double
process_cpu(pid_t pid)
{
	clockid_t clock;

	check(clock_getcpuclockid(pid, &clock) == 0, "--pid");
	return seconds(clock);
}

long
process_kb(pid_t pid)
{
	char path[64], line[128] = "";
	const char *second;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	f = fopen(path, "r");
	check(f && fgets(line, sizeof(line), f), path);
	fclose(f);
	second = strchr(line, ' ');
	require(second != NULL, path);
	return strtol(second, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024);
}
