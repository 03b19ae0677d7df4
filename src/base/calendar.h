/* calendar.h - dates as numbers of days since 1970-01-01, by the proleptic
 * Gregorian calendar. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdint.h>

int64_t calendar_day(int64_t year, int month, int day);
void calendar_date(int64_t day, int64_t *year, int *month, int *mday);
int calendar_month_days(int64_t year, int month);
int calendar_weekday(int64_t day);	/* 0 is Monday */
/* The ISO week: the year that it belongs to, and its number from 1. */
void calendar_week(int64_t day, int64_t *year, int *week);

/* Rounded down, also below zero. */
static inline int64_t
calendar_floor(int64_t v, int64_t by)
{
	return v / by - (v % by < 0);
}

#endif
