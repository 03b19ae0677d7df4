/* zone.h - the hours, days and weeks of a place on earth.
 *
 * Zones are those of the system (package tzdata), read by ourselves: the C
 * library has one zone for the whole process.
 *
 * Clocks are set back and dates are skipped, so "the day of an instant" is
 * defined by where days begin: a day begins at the first instant that has its
 * date, and ends where a later one begins.  So days never overlap and leave
 * nothing out, and where a clock is set back over midnight the repeated part
 * of the old date belongs to the new day.  A week begins where the first of
 * its days does.  An hour is what has the same date, hour and offset: a
 * repeated hour is another one. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/arena.h"
#include "base/err.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

struct zone;

/* "Europe/Berlin"; "UTC" needs no file.  From the arena.  ERR_BAD_QUERY when
 * there is none of that name, ERR_NOT_READY when this system has none at all
 * or the file is broken. */
int zone_open(struct str name, struct arena *a, const struct zone **out,
    struct err *e);

enum zone_unit { ZONE_HOUR, ZONE_DAY, ZONE_WEEK };

/* Seconds east of UTC at that time. */
int32_t zone_offset_s(const struct zone *z, int64_t ms);
/* Where the hour, day or week that contains ms begins, and where the next
 * one does: first <= ms < next. */
int64_t zone_first_ms(const struct zone *z, enum zone_unit u, int64_t ms);
int64_t zone_next_ms(const struct zone *z, enum zone_unit u, int64_t ms);

/* The name of that hour ("2026-11-22T18:00+01:00"), day ("2026-11-22") or ISO
 * week ("2026-W47"). */
#define ZONE_TEXT_BYTES 48
struct str zone_text(const struct zone *z, enum zone_unit u, int64_t ms,
    char to[static ZONE_TEXT_BYTES]);

#endif
