#include "remote/https_head.h"

#include <strings.h>

#include "base/clock.h"

static bool
is_name(struct str name, const char *want)
{
	return name.len == strlen(want) &&
	    strncasecmp(name.p, want, name.len) == 0;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", seconds since 1970; -1: it is none.  The
 * older two forms that RFC 9110 knows are not written any more. */
static int64_t
http_date(struct str s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[CLOCK_TEXT_BYTES];
	int64_t ms, day, year;
	int month = 0;

	if (s.len != 29 || s.p[3] != ',' || !str_ends(s, STR(" GMT")) ||
	    !str_int(str_n(s.p + 5, 2), &day) ||
	    !str_int(str_n(s.p + 12, 4), &year))
		return -1;
	while (month < 12 && memcmp(months + 3 * month, s.p + 8, 3) != 0)
		month++;
	if (month == 12)
		return -1;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%.8sZ", (int)year,
	    month + 1, (int)day, s.p + 17);
	return clock_parse(str(text), &ms) ? ms / 1000 : -1;
}

/* Seconds, or when. */
static int64_t
retry_after(struct str value, int64_t now_s)
{
	int64_t v;

	if (str_int(value, &v))
		return v >= 0 ? v : -1;
	v = http_date(value);
	return v < 0 ? -1 : v > now_s ? v - now_s : 0;
}

struct https_answer
https_head_none(void)
{
	return (struct https_answer){ .retry_after_s = -1, .date_s = -1,
	    .limit_remaining = -1, .limit_reset_s = -1 };
}

void
https_head_line(struct https_answer *out, struct arena *a, struct str line)
{
	struct str value = line, name;
	int64_t v;

	while (value.len && (value.p[value.len - 1] == '\n' ||
	    value.p[value.len - 1] == '\r'))
		value.len--;
	if (str_starts(value, STR("HTTP/"))) {	/* also after a 1xx */
		*out = https_head_none();
		return;
	}
	name = str_cut(&value, ':');
	value = str_trim(value);
	if (!value.p)
		return;
	if (is_name(name, "Content-Type"))
		out->type = arena_str(a, str_trim(str_cut(&value, ';')));
	else if (is_name(name, "Retry-After"))
		out->retry_after_s = retry_after(value, clock_now_ms() / 1000);
	else if (is_name(name, "Date"))
		out->date_s = http_date(value);
	else if (is_name(name, "ETag"))
		out->etag = arena_str(a, value);
	else if (is_name(name, "Location"))
		out->location = arena_str(a, value);
	else if (is_name(name, "Link"))
		out->next = arena_str(a, https_link_next(value));
	else if (is_name(name, "X-RateLimit-Remaining") && str_int(value, &v))
		out->limit_remaining = v;
	else if (is_name(name, "X-RateLimit-Reset") && str_int(value, &v))
		out->limit_reset_s = v;
}
