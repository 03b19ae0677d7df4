/* zone_rule.h - the last line of a time zone's file: what holds for all years
 * to come, as in TZ of POSIX with RFC 9636's wider hours. */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include "base/str.h"

struct zone_date {		/* each year */
	enum { ZONE_MONTH, ZONE_JULIAN, ZONE_DAY_OF_YEAR } kind;
	int month, week, day;	/* week 5: the last; day 0: Sunday */
	int32_t time_s;		/* of the local clock until then */
};

struct zone_rule {
	int32_t offset_s, summer_offset_s;	/* east of UTC */
	bool summer;		/* is there another time in summer? */
	struct zone_date begins, ends;
};

/* "CET-1CEST,M3.5.0,M10.5.0/3"; false when it is none. */
bool zone_rule_parse(struct str text, struct zone_rule *out);
/* Seconds since 1970 UTC at which the summer's time begins, ends. */
int64_t zone_rule_begins(const struct zone_rule *r, int64_t year);
int64_t zone_rule_ends(const struct zone_rule *r, int64_t year);

#endif
