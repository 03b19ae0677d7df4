/* calendar.h - dates as numbers of days since 1970-01-01, by the proleptic
 * Gregorian calendar. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdint.h>

int64_t calendar_day(int64_t year, int month, int day);
int calendar_month_days(int64_t year, int month);

#endif
