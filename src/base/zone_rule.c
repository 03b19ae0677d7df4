#include "base/zone_rule.h"

#include "base/calendar.h"

static bool
take(struct str *s, char c)
{
	if (!s->len || s->p[0] != c)
		return false;
	s->p++;
	s->len--;
	return true;
}

static bool
number(struct str *s, int max, int *out)
{
	int v = 0;
	size_t n = 0;

	for (; n < s->len && n < 3 && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		v = v * 10 + s->p[n] - '0';
	s->p += n;
	s->len -= n;
	*out = v;
	return n && v <= max;
}

/* "CET" or "<+0330>" */
static bool
name(struct str *s)
{
	size_t n = 0;

	if (take(s, '<')) {
		struct str rest = *s;

		str_cut(&rest, '>');
		*s = rest;
		return rest.p != NULL;
	}
	while (n < s->len && (s->p[n] | 0x20) >= 'a' && (s->p[n] | 0x20) <= 'z')
		n++;
	s->p += n;
	s->len -= n;
	return n >= 3;
}

/* "[+-]hh[:mm[:ss]]" */
static bool
seconds(struct str *s, int32_t *out)
{
	bool minus = take(s, '-');
	int h, m = 0, sec = 0;

	if (!minus)
		take(s, '+');
	if (!number(s, 167, &h) || (take(s, ':') && (!number(s, 59, &m) ||
	    (take(s, ':') && !number(s, 59, &sec)))))
		return false;
	*out = (minus ? -1 : 1) * (h * 3600 + m * 60 + sec);
	return true;
}

static bool
date(struct str *s, struct zone_date *d)
{
	bool good;

	d->time_s = 2 * 3600;
	if (take(s, 'M')) {
		d->kind = ZONE_MONTH;
		good = number(s, 12, &d->month) && d->month && take(s, '.') &&
		    number(s, 5, &d->week) && d->week && take(s, '.') &&
		    number(s, 6, &d->day);
	} else if (take(s, 'J')) {
		d->kind = ZONE_JULIAN;
		good = number(s, 365, &d->day) && d->day;
	} else {
		d->kind = ZONE_DAY_OF_YEAR;
		good = number(s, 365, &d->day);
	}
	return good && (!take(s, '/') || seconds(s, &d->time_s));
}

bool
zone_rule_parse(struct str s, struct zone_rule *r)
{
	int32_t west;

	*r = (struct zone_rule){ 0 };
	if (!name(&s) || !seconds(&s, &west))
		return false;
	r->offset_s = -west;
	if (!s.len)
		return true;
	r->summer = true;
	r->summer_offset_s = r->offset_s + 3600;
	if (!name(&s))
		return false;
	if (s.len && s.p[0] != ',') {
		if (!seconds(&s, &west))
			return false;
		r->summer_offset_s = -west;
	}
	return take(&s, ',') && date(&s, &r->begins) && take(&s, ',') &&
	    date(&s, &r->ends) && !s.len;
}

static int64_t
day_of(const struct zone_date *d, int64_t year)
{
	int64_t first, day;

	if (d->kind == ZONE_MONTH) {
		first = calendar_day(year, d->month, 1);
		day = first + (d->day + 6 - calendar_weekday(first)) % 7 +
		    (d->week - 1) * 7;
		/* the fifth means the last */
		return day - first < calendar_month_days(year, d->month) ?
		    day : day - 7;
	}
	first = calendar_day(year, 1, 1);
	if (d->kind == ZONE_DAY_OF_YEAR)
		return first + d->day;
	/* February 29 has no number */
	return first + d->day - 1 +
	    (d->day > 59 && calendar_month_days(year, 2) == 29);
}

int64_t
zone_rule_begins(const struct zone_rule *r, int64_t year)
{
	return day_of(&r->begins, year) * 86400 + r->begins.time_s -
	    r->offset_s;
}

int64_t
zone_rule_ends(const struct zone_rule *r, int64_t year)
{
	return day_of(&r->ends, year) * 86400 + r->ends.time_s -
	    r->summer_offset_s;
}
