/* Days, weeks and hours of time zones; what they should be was computed by
 * Python's zoneinfo (tests/lib/zones.py).  With --tell the program answers
 * "ZONE MS" lines instead, to be compared with it again. */
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/sandbox.h"
#include "base/zone.h"
#include "base/zone_file.h"
#include "base/zone_rule.h"
#include "tap.h"

static const struct row {
	const char *zone;
	int64_t ms;
	int32_t offset_s;
	int64_t hour, hour_next, day, day_next, week, week_next;	/* s */
	const char *hour_text, *day_text, *week_text;
} rows[] = {
	{ "UTC", 0, 0, 0, 3600, 0, 86400, -259200, 345600, "1970-01-01T00:00+00:00", "1970-01-01", "1970-W01" },
	{ "UTC", 1795458605123, 0, 1795456800, 1795460400, 1795392000, 1795478400, 1795392000, 1795996800, "2026-11-23T18:00+00:00", "2026-11-23", "2026-W48" },
	{ "UTC", 1767225599999, 0, 1767222000, 1767225600, 1767139200, 1767225600, 1766966400, 1767571200, "2025-12-31T23:00+00:00", "2025-12-31", "2026-W01" },
	{ "UTC", 1767225600000, 0, 1767225600, 1767229200, 1767225600, 1767312000, 1766966400, 1767571200, "2026-01-01T00:00+00:00", "2026-01-01", "2026-W01" },
	{ "UTC", 253370764800000, 0, 253370764800, 253370768400, 253370764800, 253370851200, 253370419200, 253371024000, "9999-01-01T00:00+00:00", "9999-01-01", "9998-W53" },
	{ "Europe/Berlin", 1795458605123, 3600, 1795456800, 1795460400, 1795388400, 1795474800, 1795388400, 1795993200, "2026-11-23T19:00+01:00", "2026-11-23", "2026-W48" },
	{ "Europe/Berlin", 1774745999999, 3600, 1774742400, 1774746000, 1774738800, 1774821600, 1774220400, 1774821600, "2026-03-29T01:00+01:00", "2026-03-29", "2026-W13" },
	{ "Europe/Berlin", 1774746000000, 7200, 1774746000, 1774749600, 1774738800, 1774821600, 1774220400, 1774821600, "2026-03-29T03:00+02:00", "2026-03-29", "2026-W13" },
	{ "Europe/Berlin", 1792889999999, 7200, 1792886400, 1792890000, 1792879200, 1792969200, 1792360800, 1792969200, "2026-10-25T02:00+02:00", "2026-10-25", "2026-W43" },
	{ "Europe/Berlin", 1792890000000, 3600, 1792890000, 1792893600, 1792879200, 1792969200, 1792360800, 1792969200, "2026-10-25T02:00+01:00", "2026-10-25", "2026-W43" },
	{ "Europe/Berlin", 1792893599999, 3600, 1792890000, 1792893600, 1792879200, 1792969200, 1792360800, 1792969200, "2026-10-25T02:00+01:00", "2026-10-25", "2026-W43" },
	{ "Europe/Berlin", 1792893600000, 3600, 1792893600, 1792897200, 1792879200, 1792969200, 1792360800, 1792969200, "2026-10-25T03:00+01:00", "2026-10-25", "2026-W43" },
	{ "Europe/Berlin", 4110000000000, 7200, 4109997600, 4110001200, 4109954400, 4110040800, 4109954400, 4110559200, "2100-03-29T12:00+02:00", "2100-03-29", "2100-W13" },
	{ "Europe/Berlin", 64060588800000, 3600, 64060588800, 64060592400, 64060585200, 64060671600, 64060153200, 64060758000, "4000-01-01T01:00+01:00", "4000-01-01", "3999-W52" },
	{ "Europe/Berlin", 20000000000, 3600, 19998000, 20001600, 19954800, 20041200, 19695600, 20300400, "1970-08-20T12:00+01:00", "1970-08-20", "1970-W34" },
	{ "America/New_York", 1772953200000, -14400, 1772953200, 1772956800, 1772946000, 1773028800, 1772427600, 1773028800, "2026-03-08T03:00-04:00", "2026-03-08", "2026-W10" },
	{ "America/New_York", 1793509200000, -14400, 1793509200, 1793512800, 1793505600, 1793595600, 1792987200, 1793595600, "2026-11-01T01:00-04:00", "2026-11-01", "2026-W44" },
	{ "America/New_York", 1793512800000, -18000, 1793512800, 1793516400, 1793505600, 1793595600, 1792987200, 1793595600, "2026-11-01T01:00-05:00", "2026-11-01", "2026-W44" },
	{ "America/Sao_Paulo", 1541300399999, -10800, 1541296800, 1541300400, 1541214000, 1541300400, 1540782000, 1541383200, "2018-11-03T23:00-03:00", "2018-11-03", "2018-W44" },
	{ "America/Sao_Paulo", 1541300400000, -7200, 1541300400, 1541304000, 1541300400, 1541383200, 1540782000, 1541383200, "2018-11-04T01:00-02:00", "2018-11-04", "2018-W44" },
	{ "America/Sao_Paulo", 1550368800000, -10800, 1550368800, 1550372400, 1550282400, 1550372400, 1549850400, 1550458800, "2019-02-16T23:00-03:00", "2019-02-16", "2019-W07" },
	{ "America/Sao_Paulo", 1550368799999, -7200, 1550365200, 1550368800, 1550282400, 1550372400, 1549850400, 1550458800, "2019-02-16T23:00-02:00", "2019-02-16", "2019-W07" },
	{ "America/Sao_Paulo", 1550372400000, -10800, 1550372400, 1550376000, 1550372400, 1550458800, 1549850400, 1550458800, "2019-02-17T00:00-03:00", "2019-02-17", "2019-W07" },
	{ "Africa/Cairo", 1777000000000, 10800, 1776999600, 1777003200, 1776981600, 1777064400, 1776636000, 1777237200, "2026-04-24T06:00+03:00", "2026-04-24", "2026-W17" },
	{ "Africa/Cairo", 1777000000001, 10800, 1776999600, 1777003200, 1776981600, 1777064400, 1776636000, 1777237200, "2026-04-24T06:00+03:00", "2026-04-24", "2026-W17" },
	{ "Africa/Cairo", 1793300000000, 10800, 1793296800, 1793300400, 1793221200, 1793311200, 1792962000, 1793570400, "2026-10-29T21:00+03:00", "2026-10-29", "2026-W44" },
	{ "Africa/Cairo", 1777582800000, 10800, 1777582800, 1777586400, 1777582800, 1777669200, 1777237200, 1777842000, "2026-05-01T00:00+03:00", "2026-05-01", "2026-W18" },
	{ "Asia/Kolkata", 1795458605123, 19800, 1795458600, 1795462200, 1795458600, 1795545000, 1795372200, 1795977000, "2026-11-24T00:00+05:30", "2026-11-24", "2026-W48" },
	{ "Asia/Kathmandu", 504901800000, 20700, 504901800, 504904500, 504901800, 504987300, 504729000, 505332900, "1986-01-01T00:00+05:45", "1986-01-01", "1986-W01" },
	{ "Asia/Kathmandu", 504921599000, 20700, 504918900, 504922500, 504901800, 504987300, 504729000, 505332900, "1986-01-01T05:00+05:45", "1986-01-01", "1986-W01" },
	{ "Australia/Lord_Howe", 1775313000000, 39600, 1775311200, 1775314800, 1775307600, 1775395800, 1774789200, 1775395800, "2026-04-05T01:00+11:00", "2026-04-05", "2026-W14" },
	{ "Australia/Lord_Howe", 1775314800000, 37800, 1775314800, 1775316600, 1775307600, 1775395800, 1774789200, 1775395800, "2026-04-05T01:00+10:30", "2026-04-05", "2026-W14" },
	{ "Australia/Lord_Howe", 1775316599999, 37800, 1775314800, 1775316600, 1775307600, 1775395800, 1774789200, 1775395800, "2026-04-05T01:00+10:30", "2026-04-05", "2026-W14" },
	{ "Australia/Lord_Howe", 1775316600000, 37800, 1775316600, 1775320200, 1775307600, 1775395800, 1774789200, 1775395800, "2026-04-05T02:00+10:30", "2026-04-05", "2026-W14" },
	{ "Australia/Lord_Howe", 1791041400000, 39600, 1791041400, 1791043200, 1791034200, 1791118800, 1790515800, 1791118800, "2026-10-04T02:00+11:00", "2026-10-04", "2026-W40" },
	{ "Australia/Lord_Howe", 1791041399999, 37800, 1791037800, 1791041400, 1791034200, 1791118800, 1790515800, 1791118800, "2026-10-04T01:00+10:30", "2026-10-04", "2026-W40" },
	{ "Pacific/Apia", 1325239199999, -36000, 1325235600, 1325239200, 1325152800, 1325239200, 1324893600, 1325412000, "2011-12-29T23:00-10:00", "2011-12-29", "2011-W52" },
	{ "Pacific/Apia", 1325239200000, 50400, 1325239200, 1325242800, 1325239200, 1325325600, 1324893600, 1325412000, "2011-12-31T00:00+14:00", "2011-12-31", "2011-W52" },
	{ "Pacific/Apia", 1325325600000, 50400, 1325325600, 1325329200, 1325325600, 1325412000, 1324893600, 1325412000, "2012-01-01T00:00+14:00", "2012-01-01", "2011-W52" },
	{ "Pacific/Kwajalein", 745934400000, 43200, 745934400, 745938000, 745934400, 746020800, 745502400, 746020800, "1993-08-22T00:00+12:00", "1993-08-22", "1993-W33" },
	{ "Pacific/Kwajalein", 745848000000, -43200, 745848000, 745851600, 745848000, 745934400, 745502400, 746020800, "1993-08-20T00:00-12:00", "1993-08-20", "1993-W33" },
	{ "Pacific/Kiritimati", 788868000000, 50400, 788868000, 788871600, 788868000, 788954400, 788436000, 788954400, "1995-01-01T00:00+14:00", "1995-01-01", "1994-W52" },
	{ "Pacific/Kiritimati", 788954400000, 50400, 788954400, 788958000, 788954400, 789040800, 788954400, 789559200, "1995-01-02T00:00+14:00", "1995-01-02", "1995-W01" },
	{ "America/St_Johns", 1162091400000, -12600, 1162089060, 1162092600, 1162089000, 1162179000, 1161570600, 1162179000, "2006-10-28T23:00-03:30", "2006-10-29", "2006-W43" },
	{ "America/St_Johns", 1162089060000, -12600, 1162089060, 1162092600, 1162089000, 1162179000, 1161570600, 1162179000, "2006-10-28T23:00-03:30", "2006-10-29", "2006-W43" },
	{ "America/St_Johns", 1162089059999, -9000, 1162089000, 1162089060, 1162089000, 1162179000, 1161570600, 1162179000, "2006-10-29T00:00-02:30", "2006-10-29", "2006-W43" },
	{ "America/St_Johns", 1162089000000, -9000, 1162089000, 1162089060, 1162089000, 1162179000, 1161570600, 1162179000, "2006-10-29T00:00-02:30", "2006-10-29", "2006-W43" },
	{ "America/St_Johns", 1162092660000, -12600, 1162092600, 1162096200, 1162089000, 1162179000, 1161570600, 1162179000, "2006-10-29T00:00-03:30", "2006-10-29", "2006-W43" },
	{ "America/Havana", 1793505600000, -14400, 1793505600, 1793509200, 1793505600, 1793595600, 1792987200, 1793595600, "2026-11-01T00:00-04:00", "2026-11-01", "2026-W44" },
	{ "America/Havana", 1793509199999, -14400, 1793505600, 1793509200, 1793505600, 1793595600, 1792987200, 1793595600, "2026-11-01T00:00-04:00", "2026-11-01", "2026-W44" },
	{ "America/Havana", 1772946000000, -14400, 1772946000, 1772949600, 1772946000, 1773028800, 1772427600, 1773028800, "2026-03-08T01:00-04:00", "2026-03-08", "2026-W10" },
	{ "Asia/Beirut", 1774648800000, 7200, 1774648800, 1774652400, 1774648800, 1774735200, 1774216800, 1774818000, "2026-03-28T00:00+02:00", "2026-03-28", "2026-W13" },
	{ "Asia/Beirut", 1774648799999, 7200, 1774645200, 1774648800, 1774562400, 1774648800, 1774216800, 1774818000, "2026-03-27T23:00+02:00", "2026-03-27", "2026-W13" },
	{ "Asia/Gaza", 1774600000000, 7200, 1774598400, 1774602000, 1774562400, 1774648800, 1774216800, 1774818000, "2026-03-27T10:00+02:00", "2026-03-27", "2026-W13" },
	{ "Africa/Casablanca", 1771725600000, 0, 1771725600, 1771729200, 1771718400, 1771804800, 1771200000, 1771804800, "2026-02-22T02:00+00:00", "2026-02-22", "2026-W08" },
	{ "Africa/Casablanca", 1774145000000, 3600, 1774144800, 1774148400, 1774137600, 1774220400, 1773619200, 1774220400, "2026-03-22T03:00+01:00", "2026-03-22", "2026-W12" },
	{ "Europe/Dublin", 1774746000000, 3600, 1774746000, 1774749600, 1774742400, 1774825200, 1774224000, 1774825200, "2026-03-29T02:00+01:00", "2026-03-29", "2026-W13" },
	{ "Europe/Dublin", 57715200000, 3600, 57715200, 57718800, 57711600, 57801600, 57193200, 57801600, "1971-10-31T01:00+01:00", "1971-10-31", "1971-W43" },
	{ "Africa/Monrovia", 63593070000, 0, 63593070, 63594000, 63593070, 63676800, 63247470, 63849600, "1972-01-07T00:00+00:00", "1972-01-07", "1972-W01" },
	{ "Africa/Monrovia", 63593069999, -2670, 63589470, 63593070, 63506670, 63593070, 63247470, 63849600, "1972-01-06T23:00-00:44:30", "1972-01-06", "1972-W01" },
	{ "Africa/Monrovia", 1000000, -2670, -930, 2670, -83730, 2670, -256530, 348270, "1969-12-31T23:00-00:44:30", "1969-12-31", "1970-W01" },
	{ "America/Nuuk", 1774746000000, -3600, 1774746000, 1774749600, 1774746000, 1774832400, 1774231200, 1774832400, "2026-03-29T00:00-01:00", "2026-03-29", "2026-W13" },
	{ "America/Nuuk", 1761439600000, -3600, 1761436800, 1761440400, 1761354000, 1761444000, 1760922000, 1761530400, "2025-10-25T23:00-01:00", "2025-10-25", "2025-W43" },
	{ "Antarctica/Troll", 1774746000000, 7200, 1774746000, 1774749600, 1774742400, 1774821600, 1774224000, 1774821600, "2026-03-29T03:00+02:00", "2026-03-29", "2026-W13" },
	{ "Pacific/Auckland", 1775314800000, 43200, 1775314800, 1775318400, 1775300400, 1775390400, 1774782000, 1775390400, "2026-04-05T03:00+12:00", "2026-04-05", "2026-W14" },
	{ "Pacific/Chatham", 1775314800000, 45900, 1775312100, 1775315700, 1775297700, 1775387700, 1774779300, 1775387700, "2026-04-05T03:00+12:45", "2026-04-05", "2026-W14" },
	{ "Asia/Tehran", 1663788600000, 12600, 1663788600, 1663792200, 1663702200, 1663792200, 1663529400, 1664137800, "2022-09-21T23:00+03:30", "2022-09-21", "2022-W38" },
	{ "America/Asuncion", 1728788400000, -10800, 1728788400, 1728792000, 1728788400, 1728874800, 1728270000, 1728874800, "2024-10-13T00:00-03:00", "2024-10-13", "2024-W41" },
	{ "America/Santiago", 1788668000000, -10800, 1788667200, 1788670800, 1788667200, 1788750000, 1788148800, 1788750000, "2026-09-06T01:00-03:00", "2026-09-06", "2026-W36" },
	{ "America/Scoresbysund", 1711846800000, -3600, 1711846800, 1711850400, 1711846800, 1711933200, 1711328400, 1711933200, "2024-03-31T00:00-01:00", "2024-03-31", "2024-W13" },
	{ "Asia/Pyongyang", 1525446000000, 32400, 1525446000, 1525449600, 1525446000, 1525532400, 1525015800, 1525618800, "2018-05-05T00:00+09:00", "2018-05-05", "2018-W18" },
	{ "Asia/Pyongyang", 1525444200000, 30600, 1525444200, 1525446000, 1525361400, 1525446000, 1525015800, 1525618800, "2018-05-04T23:00+08:30", "2018-05-04", "2018-W18" },
	{ "America/Caracas", 1462085999000, -16200, 1462084200, 1462086000, 1462077000, 1462161600, 1461558600, 1462161600, "2016-05-01T02:00-04:30", "2016-05-01", "2016-W17" },
	{ "Etc/GMT+12", 1767225600000, -43200, 1767225600, 1767229200, 1767182400, 1767268800, 1767009600, 1767614400, "2025-12-31T12:00-12:00", "2025-12-31", "2026-W01" },
	{ "Etc/GMT-14", 1767186000000, 50400, 1767186000, 1767189600, 1767175200, 1767261600, 1766916000, 1767520800, "2026-01-01T03:00+14:00", "2026-01-01", "2026-W01" },
	{ "Europe/Moscow", 1414274400000, 10800, 1414274400, 1414278000, 1414267200, 1414357200, 1413748800, 1414357200, "2014-10-26T01:00+03:00", "2014-10-26", "2014-W43" },
	{ "Europe/Lisbon", 717555600000, 3600, 717555600, 717559200, 717548400, 717634800, 717030000, 717634800, "1992-09-27T02:00+01:00", "1992-09-27", "1992-W39" },
	{ "Europe/London", 1609459200000, 0, 1609459200, 1609462800, 1609459200, 1609545600, 1609113600, 1609718400, "2021-01-01T00:00+00:00", "2021-01-01", "2020-W53" },
	{ "Europe/London", 1483228800000, 0, 1483228800, 1483232400, 1483228800, 1483315200, 1482710400, 1483315200, "2017-01-01T00:00+00:00", "2017-01-01", "2016-W52" },
	{ "Europe/London", 1230768000000, 0, 1230768000, 1230771600, 1230768000, 1230854400, 1230508800, 1231113600, "2009-01-01T00:00+00:00", "2009-01-01", "2009-W01" },
	{ "Europe/London", 1451606400000, 0, 1451606400, 1451610000, 1451606400, 1451692800, 1451260800, 1451865600, "2016-01-01T00:00+00:00", "2016-01-01", "2015-W53" },
	{ "Europe/London", 1293840000000, 0, 1293840000, 1293843600, 1293840000, 1293926400, 1293408000, 1294012800, "2011-01-01T00:00+00:00", "2011-01-01", "2010-W52" },
	{ "Asia/Tokyo", 1609426800000, 32400, 1609426800, 1609430400, 1609426800, 1609513200, 1609081200, 1609686000, "2021-01-01T00:00+09:00", "2021-01-01", "2020-W53" },
};

static void
test_rows(struct arena *a)
{
	for (size_t i = 0; i < countof(rows); i++) {
		const struct row *r = &rows[i];
		char to[ZONE_TEXT_BYTES];
		const struct zone *z;
		struct err e = { 0 };

		if (!ok(zone_open(str(r->zone), a, &z, &e) == 0,
		    "%s is there %s", r->zone, e.detail))
			continue;
		is_int(zone_offset_s(z, r->ms), r->offset_s, "%s at %lld",
		    r->zone, (long long)r->ms);
		is_int(zone_first_ms(z, ZONE_HOUR, r->ms), r->hour * 1000,
		    "its hour begins");
		is_int(zone_next_ms(z, ZONE_HOUR, r->ms), r->hour_next * 1000,
		    "and the next");
		is_int(zone_first_ms(z, ZONE_DAY, r->ms), r->day * 1000,
		    "its day begins");
		is_int(zone_next_ms(z, ZONE_DAY, r->ms), r->day_next * 1000,
		    "and the next");
		is_int(zone_first_ms(z, ZONE_WEEK, r->ms), r->week * 1000,
		    "its week begins");
		is_int(zone_next_ms(z, ZONE_WEEK, r->ms), r->week_next * 1000,
		    "and the next");
		is_str(zone_text(z, ZONE_HOUR, r->ms, to), r->hour_text, "hour");
		is_str(zone_text(z, ZONE_DAY, r->ms, to), r->day_text, "day");
		is_str(zone_text(z, ZONE_WEEK, r->ms, to), r->week_text, "week");
	}
}

/* Whatever the zone, its units cover time without gaps, and each instant of a
 * unit leads to the same one. */
static void
test_cover(struct arena *a)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin",
	    "America/Sao_Paulo", "Pacific/Apia", "America/St_Johns",
	    "Australia/Lord_Howe", "Asia/Gaza", "Africa/Casablanca" };
	static const int64_t from[] = { 0, 1321000000000, 1794000000000,
	    33000000000000 };

	for (size_t i = 0; i < countof(zones); i++) {
		const struct zone *z;
		size_t wrong = 0;

		if (!ok(zone_open(str(zones[i]), a, &z, NULL) == 0, "%s",
		    zones[i]))
			continue;
		for (size_t k = 0; k < countof(from); k++)
			for (int u = ZONE_HOUR; u <= ZONE_WEEK; u++) {
				int64_t t = zone_first_ms(z, (enum zone_unit)u,
				    from[k]);

				wrong += t > from[k];
				for (int n = 0; n < 800; n++) {
					int64_t next = zone_next_ms(z,
					    (enum zone_unit)u, t);

					wrong += next <= t || zone_first_ms(z,
					    (enum zone_unit)u, t) != t ||
					    zone_first_ms(z, (enum zone_unit)u,
					    next - 1) != t;
					t = next;
				}
			}
		ok(wrong == 0, "%s leaves nothing out", zones[i]);
	}
}

static void
test_names(struct arena *a)
{
	static const struct { const char *name; enum err_kind kind; } names[] = {
		{ "UTC", ERR_NONE },
		{ "Etc/GMT-14", ERR_NONE },
		{ "America/Argentina/Buenos_Aires", ERR_NONE },
		{ "America/Port-au-Prince", ERR_NONE },
		{ "", ERR_BAD_QUERY },
		{ "/Europe/Berlin", ERR_BAD_QUERY },
		{ "Europe/Berlin/", ERR_BAD_QUERY },
		{ "Europe//Berlin", ERR_BAD_QUERY },
		{ "Europe/../Europe/Berlin", ERR_BAD_QUERY },
		{ "../../../etc/passwd", ERR_BAD_QUERY },
		{ "./Europe/Berlin", ERR_BAD_QUERY },
		{ "Europe/Berlin\n", ERR_BAD_QUERY },
		{ "Europe/Berl\xc3\xadn", ERR_BAD_QUERY },
		{ "Europe/Atlantis", ERR_BAD_QUERY },
		{ "Europe", ERR_BAD_QUERY },
		{ "Europe/Berlin/Mitte", ERR_BAD_QUERY },
		{ "tzdata.zi", ERR_BAD_QUERY },
		{ "zone.tab", ERR_BAD_QUERY },
		{ "localtime", ERR_BAD_QUERY },
		{ "+02:00", ERR_BAD_QUERY },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		  ERR_BAD_QUERY },
	};

	for (size_t i = 0; i < countof(names); i++) {
		const struct zone *z;
		struct err e = { 0 };
		int rc = zone_open(str(names[i].name), a, &z, &e);

		ok((rc == 0) == (names[i].kind == ERR_NONE) &&
		    e.kind == names[i].kind, "\"%s\": %s", names[i].name,
		    e.detail);
	}
	struct err e = { 0 };
	const struct zone *z;

	zone_open(STR("Europe/Atlantis"), a, &z, &e);
	ok(strstr(e.detail, "Europe/Atlantis") && strstr(e.detail, "tzdata"),
	    "what is missing, and where it comes from: %s", e.detail);
}

static void
test_rules(void)
{
	static const struct { const char *text; bool good; } texts[] = {
		{ "UTC0", true }, { "CET-1CEST,M3.5.0,M10.5.0/3", true },
		{ "<+0330>-3:30", true }, { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true },
		{ "IST-2IDT,M3.4.4/26,M10.5.0", true },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", true },
		{ "XXX3:01:02YYY,J60/2,300/167:59:59", true },
		{ "", false }, { "CE-1", false }, { "CET", false },
		{ "<+01-1", false }, { "CET-1CEST", false },
		{ "CET-1CEST,", false }, { "CET-1CEST,M3.5.0", false },
		{ "CET-1CEST,M13.5.0,M10.5.0", false },
		{ "CET-1CEST,M3.6.0,M10.5.0", false },
		{ "CET-1CEST,M3.5.7,M10.5.0", false },
		{ "CET-1CEST,M3.0.0,M10.5.0", false },
		{ "CET-1CEST,J0,J300", false }, { "CET-1CEST,J1,J366", false },
		{ "CET-1CEST,M3.5.0,M10.5.0/3x", false },
		{ "CET-1CEST,M3.5.0,M10.5.0/168", false },
		{ "CET-1:60", false },
	};
	static const struct { const char *text, *begins, *ends; int year; } years[] = {
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00Z", "2026-10-25T01:00Z", 2026 },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00Z", "2026-11-01T06:00Z", 2026 },
		{ "AAA0BBB,J59/0,J60/0", "2024-02-28T00:00Z", "2024-02-29T23:00Z", 2024 },
		{ "AAA0BBB,58/0,59/0", "2024-02-28T00:00Z", "2024-02-28T23:00Z", 2024 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00Z", "2026-10-25T01:00Z", 2026 },
	};

	for (size_t i = 0; i < countof(texts); i++) {
		struct zone_rule r;

		ok(zone_rule_parse(str(texts[i].text), &r) == texts[i].good,
		    "%s is %sa rule", texts[i].text, texts[i].good ? "" : "not ");
	}
	for (size_t i = 0; i < countof(years); i++) {
		struct zone_rule r;
		int64_t begins = 0, ends = 0;

		clock_parse(str(years[i].begins), &begins);
		clock_parse(str(years[i].ends), &ends);
		zone_rule_parse(str(years[i].text), &r);
		is_int(zone_rule_begins(&r, years[i].year), begins / 1000,
		    "%s begins", years[i].text);
		is_int(zone_rule_ends(&r, years[i].year), ends / 1000,
		    "%s ends", years[i].text);
	}
}

/* A file that is cut off or changed is refused or understood somehow, but
 * never read past its end. */
static void
test_broken(struct arena *a)
{
	static const char *const paths[] = { ZONE_FOLDER "/Europe/Berlin",
	    ZONE_FOLDER "/Africa/Casablanca" };

	for (size_t k = 0; k < countof(paths); k++) {
		struct buf whole = BUF_INIT(KIB(64));
		FILE *f = fopen(paths[k], "r");
		struct zone_offsets o;
		size_t taken = 0;

		if (!ok(f && fd_read_all(fileno(f), &whole) == 0, "%s",
		    paths[k])) {
			if (f)
				fclose(f);
			continue;
		}
		fclose(f);
		ok(zone_file_read(buf_str(&whole), a, &o, NULL) == 0, "whole");
		for (size_t n = 0; n < whole.len; n++) {
			/* of exactly that size, for AddressSanitizer */
			char *copy = malloc(n + !n);
			struct err e = { 0 };

			memcpy(copy, whole.p, n);
			taken += zone_file_read(str_n(copy, n), a, &o, &e) == 0 ||
			    e.kind != ERR_IO || !e.detail[0];
			free(copy);
		}
		is_int(taken, 0, "no beginning of it is taken");
		for (size_t n = 0; n < whole.len; n++)
			for (int bit = 0; bit < 8; bit += 7) {
				whole.p[n] = (char)(whole.p[n] ^ 1 << bit);
				if (zone_file_read(buf_str(&whole), a, &o,
				    NULL) == 0)
					for (size_t i = 1; i < o.n; i++)
						taken += o.at_s[i] <=
						    o.at_s[i - 1];
				whole.p[n] = (char)(whole.p[n] ^ 1 << bit);
				arena_reset(a);
			}
		is_int(taken, 0, "a changed one has its times in order");
		buf_free(&whole);
	}
}

/* The programs confine themselves before the first request. */
static int
confined(struct arena *a, bool allowed, struct err *e)
{
	const struct sandbox_path paths[] = { { allowed ? ZONE_FOLDER : "/dev",
	    0 } };
	const struct zone *z;
	const char *why;

	if (strcmp(sandbox_enter(paths, 1, &why), "none") == 0)
		return 77;
	return zone_open(STR("Asia/Kolkata"), a, &z, e) == 0 &&
	    zone_offset_s(z, 0) == 19800 ? 1 : e->kind == ERR_NOT_READY ? 2 : 3;
}

static void
test_confined(struct arena *a)
{
	for (int allowed = 0; allowed < 2; allowed++) {
		struct err e = { 0 };
		pid_t pid = fork();
		int status = 0;

		if (pid == 0)
			_exit(confined(a, allowed, &e));
		waitpid(pid, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
			ok(true, "the kernel cannot confine: not tried");
			continue;
		}
		is_int(WIFEXITED(status) ? WEXITSTATUS(status) : -1,
		    allowed ? 1 : 2, "confined, %s", allowed ?
		    "a zone is found" : "without the folder it is said");
	}
}

/* The process's own time stays what it was. */
static void
test_quiet(struct arena *a)
{
	char before[CLOCK_TEXT_BYTES], after[CLOCK_TEXT_BYTES];
	const struct zone *z;
	struct str was = clock_write(1794000000000, before);

	ok(zone_open(STR("Asia/Kolkata"), a, &z, NULL) == 0 &&
	    zone_offset_s(z, 1794000000000) == 19800, "a zone is used");
	ok(str_eq(clock_write(1794000000000, after), was), "the clock is not");
	ok(!getenv("TZ") || strcmp(getenv("TZ"), "Asia/Kolkata") != 0,
	    "nor is the environment");
}

static void
test_calendar(void)
{
	size_t wrong = 0;

	for (int64_t d = -1000000; d < 3000000; d += 1) {
		int64_t y;
		int m, day;

		calendar_date(d, &y, &m, &day);
		wrong += calendar_day(y, m, day) != d || m < 1 || m > 12 ||
		    day < 1 || day > calendar_month_days(y, m);
	}
	is_int(wrong, 0, "each day is a date, and the date that day");
}

/* Lines of "ZONE MS" on the standard input, each answered by one. */
static int
tell(struct arena *a)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		struct str rest = str_n(line, (size_t)n - 1);
		struct str name = str_cut(&rest, ' ');
		char texts[3][ZONE_TEXT_BYTES];
		const struct zone *z;
		struct err e = { 0 };
		int64_t ms = 0;

		if (!str_int(rest, &ms) || zone_open(name, a, &z, &e) != 0) {
			printf("%s\n", e.detail);
			continue;
		}
		printf("%d", zone_offset_s(z, ms));
		for (int u = ZONE_HOUR; u <= ZONE_WEEK; u++)
			printf(" %lld %lld", (long long)zone_first_ms(z,
			    (enum zone_unit)u, ms) / 1000, (long long)
			    zone_next_ms(z, (enum zone_unit)u, ms) / 1000);
		for (int u = ZONE_HOUR; u <= ZONE_WEEK; u++)
			printf(" %.*s", STR_ARG(zone_text(z, (enum zone_unit)u,
			    ms, texts[u])));
		printf("\n");
		arena_reset(a);
	}
	free(line);
	return 0;
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	const struct zone *z;
	struct err e = { 0 };
	int rc;

	if (argc > 1 && strcmp(argv[1], "--tell") == 0) {
		rc = tell(a);
		arena_free(a);
		return rc;
	}
	test_rules();
	test_calendar();
	if (zone_open(STR("Europe/Berlin"), a, &z, &e) != 0 &&
	    e.kind == ERR_NOT_READY) {
		ok(true, "tzdata is not installed: the rest is not tried");
		arena_free(a);
		return done_testing();
	}
	test_rows(a);
	test_cover(a);
	test_names(a);
	test_quiet(a);
	test_confined(a);
	test_broken(a);
	arena_free(a);
	return done_testing();
}
