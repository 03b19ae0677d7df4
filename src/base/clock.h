/* clock.h - time: wall clock in ms UTC for records, monotonic for waiting. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/arena.h"

int64_t clock_now_ms(void);		/* since 1970, UTC */
int64_t clock_mono_ms(void);		/* for deadlines; unaffected by jumps */
int64_t clock_mono_us(void);

/* When something began: the time of day for the record, and a clock that no
 * jump makes run backwards for how long it takes. */
struct clock_start { int64_t at_ms, mono_ms; };
struct clock_start clock_begin(void);
int64_t clock_took_ms(struct clock_start s);	/* until now; never negative */

void clock_stop(int64_t now_ms);	/* tests: stand still; -1 goes on */
void clock_sleep_ms(int ms);

/* "2026-11-22T18:30:05.123Z" (RFC 3339) into to, or from the arena. */
#define CLOCK_TEXT_BYTES 40
struct str clock_write(int64_t ms, char to[static CLOCK_TEXT_BYTES]);
struct str clock_text(struct arena *a, int64_t ms);
/* A date, a date-time with any offset, or epoch milliseconds; false if none.
 * A date alone is its first millisecond in UTC. */
bool clock_parse(struct str s, int64_t *ms);

#endif
