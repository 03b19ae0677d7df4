/* figure.h - numbers as people read them.  No locale has a say. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include "base/buf.h"

/* "96.7 %", "—" without a denominator.  Rounded to the nearest tenth, but not
 * to 100.0 or 0.0 unless it is all or none: one failure of 5,000 shows. */
void figure_rate(struct buf *out, int64_t num, int64_t den);
/* The same in tenths of a percent, 0 to 1000. */
int64_t figure_permille(int64_t num, int64_t den);
/* "340 ms", "1.250 s", "2 min 05 s", "3 h 02 min", "4 d 01 h"; "—" when it is
 * negative.  What a coarser unit has no room for is cut. */
void figure_ms(struct buf *out, int64_t ms);
/* "2026-11-22 18:30:05.123" UTC; "—" when it is negative. */
void figure_time(struct buf *out, int64_t ms);
/* n and one of two words: "1 file changed", "0 files changed". */
void figure_count(struct buf *out, int64_t n, const char *one,
    const char *many);

#endif
