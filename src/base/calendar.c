#include "base/calendar.h"

int64_t
calendar_day(int64_t y, int m, int d)
{
	int64_t era, yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

int
calendar_month_days(int64_t y, int m)
{
	static const int d[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return d[m - 1] + (m == 2 && y % 4 == 0 && (y % 100 || y % 400 == 0));
}

void
calendar_date(int64_t day, int64_t *year, int *month, int *mday)
{
	int64_t era, doe, yoe, doy, m;

	day += 719468;			/* since 0000-03-01 */
	era = calendar_floor(day, 146097);
	doe = day - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	m = (5 * doy + 2) / 153;	/* 0 is March */
	*mday = (int)(doy - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = yoe + era * 400 + (*month <= 2);
}

int
calendar_weekday(int64_t day)
{
	day += 3;			/* 1970-01-01 was a Thursday */
	return (int)(day - calendar_floor(day, 7) * 7);
}

void
calendar_week(int64_t day, int64_t *year, int *week)
{
	int64_t thursday = day - calendar_weekday(day) + 3;
	int month, mday;

	/* a week belongs to the year of its Thursday */
	calendar_date(thursday, year, &month, &mday);
	*week = (int)((thursday - calendar_day(*year, 1, 1)) / 7 + 1);
}
