/* fanout_clock.h - time, and what the kernel knows of another process. */
#ifndef BENCH_FANOUT_CLOCK_H
#define BENCH_FANOUT_CLOCK_H

#include <stdbool.h>
#include <sys/types.h>

/* End the program when it is not good, with errno's text or without. */
void check(bool good, const char *what);
void require(bool good, const char *what);
double now(void);			/* seconds, monotonic */
/* Seconds, user + system, as in /proc/PID/stat but not in ticks. */
double process_cpu(pid_t pid);
long process_kb(pid_t pid);		/* resident */

#endif
