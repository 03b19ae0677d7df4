#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "json/json_walk.h"
#include "logs/intake_reader.h"

#define TIME_MAX_BYTES 48

struct str
intake_text(struct str value, struct arena *a)
{
	if (value.len < 2 || value.p[0] != '"')
		return str_is(value, "null") ? STR_NONE : value;
	if (!str_has(value, '\\'))
		return str_n(value.p + 1, value.len - 2);
	return json_walk_text(value, a);
}

/* Seconds, or what is smaller: nobody logs for the year 5000. */
static bool
from_number(struct str s, int64_t *ms)
{
	static const struct { double below, per_ms; } units[] = {
		{ 1e11, 1e-3 }, { 1e14, 1 }, { 1e17, 1e3 }, { 1e20, 1e6 },
	};
	char text[TIME_MAX_BYTES], *end;
	double v;
	int64_t whole;

	if (s.len == 0 || s.len >= sizeof(text) ||
	    !isdigit((unsigned char)s.p[0]))
		return false;
	memcpy(text, s.p, s.len);
	text[s.len] = '\0';
	v = strtod(text, &end);
	if (*end || !isfinite(v))
		return false;
	/* of nanoseconds a double would lose some ms */
	if (str_int(s, &whole) && whole >= (int64_t)1e11) {
		*ms = whole < (int64_t)1e14 ? whole :
		    whole < (int64_t)1e17 ? whole / 1000 : whole / 1000000;
		return true;
	}
	for (size_t i = 0; i < countof(units); i++)
		if (v < units[i].below) {
			*ms = (int64_t)(v / units[i].per_ms + 0.5);
			return true;
		}
	return false;
}

bool
intake_time(struct str s, int64_t *ms)
{
	s = str_trim(s);
	return from_number(s, ms) || (s.len >= 10 && clock_parse(s, ms));
}
