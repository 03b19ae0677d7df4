#include "base/clock.h"

#include <errno.h>
#include <time.h>

#include "base/calendar.h"

static int64_t stopped_ms = -1;

int64_t
clock_now_ms(void)
{
	struct timespec ts;

	if (stopped_ms >= 0)
		return stopped_ms;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_mono_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

struct clock_start
clock_begin(void)
{
	return (struct clock_start){ clock_now_ms(), clock_mono_ms() };
}

int64_t
clock_took_ms(struct clock_start s)
{
	return clock_mono_ms() - s.mono_ms;
}

void
clock_stop(int64_t now_ms)
{
	stopped_ms = now_ms;
}

void
clock_sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&ts, &ts) != 0 && errno == EINTR)
		;
}

static char *
digits_put(char *to, int v, int n)
{
	for (int i = n - 1; i >= 0; i--, v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + n;
}

struct str
clock_write(int64_t ms, char to[static CLOCK_TEXT_BYTES])
{
	int64_t milli = ((ms % 1000) + 1000) % 1000;
	time_t t = (time_t)((ms - milli) / 1000);
	struct tm tm;
	char *p = to;

	if (!gmtime_r(&t, &tm) || tm.tm_year > 8099 || tm.tm_year < -1900)
		return STR("1970-01-01T00:00:00.000Z");
	/* by hand: an answer has a time in every row */
	p = digits_put(p, tm.tm_year + 1900, 4);
	*p++ = '-';
	p = digits_put(p, tm.tm_mon + 1, 2);
	*p++ = '-';
	p = digits_put(p, tm.tm_mday, 2);
	*p++ = 'T';
	p = digits_put(p, tm.tm_hour, 2);
	*p++ = ':';
	p = digits_put(p, tm.tm_min, 2);
	*p++ = ':';
	p = digits_put(p, tm.tm_sec, 2);
	*p++ = '.';
	p = digits_put(p, (int)milli, 3);
	*p++ = 'Z';
	return str_n(to, (size_t)(p - to));
}

struct str
clock_text(struct arena *a, int64_t ms)
{
	char text[CLOCK_TEXT_BYTES];

	return arena_str(a, clock_write(ms, text));
}

/* n digits at *s; -1 when they are not there. */
static int
digits(struct str *s, size_t n)
{
	int v = 0;

	if (s->len < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return -1;
		v = v * 10 + s->p[i] - '0';
	}
	s->p += n;
	s->len -= n;
	return v;
}

static bool
take(struct str *s, const char *any)
{
	if (!s->len || !strchr(any, s->p[0]) || !s->p[0])
		return false;
	s->p++;
	s->len--;
	return true;
}

/* "Z", "+02:00", "+0200" or nothing (UTC); minutes east in *off. */
static bool
offset_parse(struct str *s, int *off)
{
	bool minus = s->len && s->p[0] == '-';
	int h, m;

	*off = 0;
	if (!s->len || take(s, "Zz"))
		return s->len == 0;
	/* "+" in a query string arrives as a blank */
	if (!take(s, "+- "))
		return false;
	h = digits(s, 2);
	take(s, ":");
	m = s->len ? digits(s, 2) : 0;
	if (h < 0 || h > 23 || m < 0 || m > 59 || s->len)
		return false;
	*off = (minus ? -1 : 1) * (h * 60 + m);
	return true;
}

static bool
time_parse(struct str *s, int64_t *ms)
{
	int h = digits(s, 2), mi, sec = 0, milli = 0, scale = 100, off;

	if (!take(s, ":"))
		return false;
	mi = digits(s, 2);
	if (take(s, ":"))
		sec = digits(s, 2);
	if (take(s, ".,")) {
		if (!s->len || s->p[0] < '0' || s->p[0] > '9')
			return false;
		for (; s->len && s->p[0] >= '0' && s->p[0] <= '9'; scale /= 10) {
			milli += (s->p[0] - '0') * scale;
			s->p++;
			s->len--;
		}
	}
	if (h < 0 || h > 23 || mi < 0 || mi > 59 || sec < 0 || sec > 60 ||
	    !offset_parse(s, &off))
		return false;
	*ms += ((int64_t)h * 3600 + mi * 60 + sec - off * 60) * 1000 + milli;
	return true;
}

bool
clock_parse(struct str s, int64_t *ms)
{
	int y, m, d;
	int64_t plain;

	if (str_int(s, &plain) && plain >= 0) {
		*ms = plain;
		return true;
	}
	y = digits(&s, 4);
	if (y < 1 || !take(&s, "-"))
		return false;
	m = digits(&s, 2);
	if (m < 1 || m > 12 || !take(&s, "-"))
		return false;
	d = digits(&s, 2);
	if (d < 1 || d > calendar_month_days(y, m))
		return false;
	*ms = calendar_day(y, m, d) * 86400000;
	if (!s.len)
		return true;
	return take(&s, "Tt ") && time_parse(&s, ms);
}
