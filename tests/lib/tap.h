/* tap.h - the few words a unit test needs; prints TAP on standard output.
 *
 * No plan up front: done_testing() prints it and is what main returns.  Each
 * check returns whether it held, so that a test can stop early. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static int tap_ran, tap_failed;

/* The line of one check; name may be anything, TAP's '#' is replaced. */
static inline bool __attribute__((format(printf, 3, 0)))
tap_line(bool held, int line, const char *fmt, va_list ap)
{
	char name[512];

	vsnprintf(name, sizeof(name), fmt, ap);
	for (char *c = name; *c; c++)
		if (*c == '#' || *c == '\n')
			*c = '/';
	printf("%sok %d - %s\n", held ? "" : "not ", ++tap_ran, name);
	if (!held) {
		tap_failed++;
		printf("# failed at line %d\n", line);
	}
	fflush(stdout);
	return held;
}

static inline bool __attribute__((format(printf, 3, 4)))
tap_ok(bool held, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(held, line, fmt, ap);
	va_end(ap);
	return held;
}

static inline bool __attribute__((format(printf, 4, 5)))
tap_is_int(long long got, long long want, int line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line(got == want, line, fmt, ap);
	va_end(ap);
	if (got != want)
		printf("#  got %lld\n# want %lld\n", got, want);
	return got == want;
}

/* A TAP comment that shows every byte. */
static inline void
tap_show(const char *what, struct str s)
{
	printf("# %s ", what);
	if (!s.p)
		printf("(absent)");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\n')
			printf("\\n");
		else if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", (unsigned)c);
		else
			putchar(c);
	}
	putchar('\n');
}

/* want NULL: got must be absent. */
static inline bool __attribute__((format(printf, 4, 5)))
tap_is_str(struct str got, const char *want, int line, const char *fmt, ...)
{
	bool held = want ? got.p && str_is(got, want) : !got.p;
	va_list ap;

	va_start(ap, fmt);
	tap_line(held, line, fmt, ap);
	va_end(ap);
	if (!held) {
		tap_show(" got", got);
		tap_show("want", str(want));
	}
	return held;
}

#define ok(cond, ...)		tap_ok((cond), __LINE__, __VA_ARGS__)
#define is_int(got, want, ...) \
	tap_is_int((long long)(got), (long long)(want), __LINE__, __VA_ARGS__)
#define is_str(got, want, ...)	tap_is_str((got), (want), __LINE__, __VA_ARGS__)

/* Every following check would be meaningless: end the program. */
#define bail_out(why)		(printf("Bail out! %s\n", (why)), exit(1))

/* The whole program is skipped; use as `return skip_all("no patch")`. */
static inline int __attribute__((unused))
skip_all(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

static inline int
done_testing(void)
{
	printf("1..%d\n", tap_ran);
	return tap_failed || !tap_ran ? 1 : 0;
}

#endif
