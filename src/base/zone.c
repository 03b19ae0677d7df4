#include "base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/fd.h"
#include "base/zone_file.h"

#define NAME_MAX_LEN 100
#define FILE_BYTES KIB(64)	/* the largest has 4 */
#define HOUR_S 3600
#define DAY_S 86400
/* Offsets are less than that, so nothing further away matters. */
#define NEAR_S (2 * DAY_S)
/* Some 270,000 years around 1970; what is beyond has the last name. */
#define TIME_MAX_S INT64_C(8640000000000)

struct zone {
	struct zone_offsets o;
};

struct span {			/* from <= t < until: one offset */
	int64_t from, until;
	int32_t offset;
};

/* May the name go behind ZONE_FOLDER "/"?  localtime is what the operator set
 * for this machine, and a link out of the folder. */
static bool
name_ok(struct str name)
{
	struct str rest = name;

	if (!name.len || name.len > NAME_MAX_LEN || str_is(name, "localtime"))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i], small = (char)(c | 0x20);

		if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') &&
		    (c == '\0' || !strchr("_+-/", c)))
			return false;
	}
	while (rest.p)			/* no empty part: "/etc", "a//b" */
		if (!str_cut(&rest, '/').len)
			return false;
	return true;
}

static int
unknown(struct str name, struct err *e)
{
	struct stat st;

	if (stat(ZONE_FOLDER, &st) != 0)
		return err_set(e, ERR_NOT_READY, "this server knows no time "
		    "zone but UTC: %s is missing, install tzdata",
		    ZONE_FOLDER);
	return err_set(e, ERR_BAD_QUERY, "there is no time zone %.*s: its name "
	    "is like Europe/Berlin, and the server's package tzdata must know "
	    "it", (int)(name.len > 60 ? 60 : name.len), name.p);
}

static int
read_file(int fd, struct str name, struct buf *out, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(e, "cannot look at %.*s", STR_ARG(name));
	if (!S_ISREG(st.st_mode))
		return unknown(name, e);
	if (fd_read_all(fd, out) != 0)
		return out->full ? unknown(name, e) :
		    err_sys(e, "cannot read %.*s", STR_ARG(name));
	/* the folder has lists and leap seconds, too */
	return str_starts(buf_str(out), STR("TZif")) ? 0 : unknown(name, e);
}

static int
load(struct str name, struct arena *a, struct zone_offsets *o, struct err *e)
{
	struct str path = arena_fmt(a, ZONE_FOLDER "/%.*s", STR_ARG(name));
	struct buf bytes = BUF_INIT(FILE_BYTES);
	struct err why = { 0 };
	int fd = open(path.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = -1;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return unknown(name, e);
	if (fd < 0)
		return err_set(e, ERR_NOT_READY, "cannot open %.*s: %s",
		    STR_ARG(path), strerror(errno));
	if (read_file(fd, name, &bytes, e) != 0)
		goto out;
	rc = zone_file_read(buf_str(&bytes), a, o, &why);
	if (rc != 0)
		err_set(e, ERR_NOT_READY, "%.*s cannot be used: %s; install "
		    "tzdata again", STR_ARG(path), why.detail);
out:
	close(fd);
	buf_free(&bytes);
	return rc;
}

int
zone_open(struct str name, struct arena *a, const struct zone **out,
    struct err *e)
{
	static int64_t always = INT64_MIN;
	static int32_t zero;
	static const struct zone utc = { { 1, &always, &zero, false } };
	struct zone *z;

	*out = &utc;
	if (str_is(name, "UTC"))
		return 0;
	if (!name_ok(name))
		return err_set(e, ERR_BAD_QUERY, "no name of a time zone: it "
		    "is like Europe/Berlin or UTC, of letters, digits, _ + - "
		    "and / between parts");
	z = arena_new_of(a, struct zone);
	*out = z;
	return load(name, a, &z->o, e);
}

static struct span
span_at(const struct zone *z, int64_t t)
{
	const struct zone_offsets *o = &z->o;
	int64_t end = o->at_s[o->n - 1], shift = 0;
	size_t lo = 0, hi = o->n;
	struct span s;

	if (o->cycle && t >= end)
		shift = ((t - end) / ZONE_CYCLE_S + 1) * ZONE_CYCLE_S;
	t -= shift;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (o->at_s[mid] <= t)
			lo = mid;
		else
			hi = mid;
	}
	s.offset = o->offset_s[lo];
	s.from = lo ? o->at_s[lo] + shift : INT64_MIN;
	s.until = lo + 1 < o->n ? o->at_s[lo + 1] + shift : INT64_MAX;
	return s;
}

static int64_t
seconds(int64_t ms)
{
	int64_t t = calendar_floor(ms, 1000);

	return t > TIME_MAX_S ? TIME_MAX_S : t < -TIME_MAX_S ? -TIME_MAX_S : t;
}

int32_t
zone_offset_s(const struct zone *z, int64_t ms)
{
	return span_at(z, seconds(ms)).offset;
}

/* The day that contains t: the latest date that any clock showed until then. */
static int64_t
day_at(const struct zone *z, int64_t t)
{
	struct span s = span_at(z, t);
	int64_t day = calendar_floor(t + s.offset, DAY_S), d;

	for (int64_t from = s.from; from > t - NEAR_S; from = s.from) {
		s = span_at(z, from - 1);
		d = calendar_floor(from - 1 + s.offset, DAY_S);
		if (d > day)
			day = d;
	}
	return day;
}

/* The first instant with that date, or a later one where it was skipped. */
static int64_t
day_begins(const struct zone *z, int64_t day)
{
	struct span s = span_at(z, day * DAY_S - NEAR_S);

	for (;;) {
		int64_t t = day * DAY_S - s.offset;

		if (t < s.from)
			t = s.from;
		if (t < s.until)
			return t;
		s = span_at(z, s.until);
	}
}

/* Where the hour of t begins; *next: where it ends. */
static int64_t
hour_begins(const struct zone *z, int64_t t, int64_t *next)
{
	struct span s = span_at(z, t);
	int64_t first = calendar_floor(t + s.offset, HOUR_S) * HOUR_S -
	    s.offset;

	*next = first + HOUR_S < s.until ? first + HOUR_S : s.until;
	return first > s.from ? first : s.from;
}

int64_t
zone_first_ms(const struct zone *z, enum zone_unit u, int64_t ms)
{
	int64_t t = seconds(ms), next, day;

	if (u == ZONE_HOUR)
		return hour_begins(z, t, &next) * 1000;
	day = day_at(z, t);
	if (u == ZONE_WEEK)
		day -= calendar_weekday(day);
	return day_begins(z, day) * 1000;
}

int64_t
zone_next_ms(const struct zone *z, enum zone_unit u, int64_t ms)
{
	int64_t t = seconds(ms), next, day;

	if (u == ZONE_HOUR) {
		hour_begins(z, t, &next);
		return next * 1000;
	}
	day = day_at(z, t);
	if (u == ZONE_WEEK)
		day += 6 - calendar_weekday(day);
	return day_begins(z, day + 1) * 1000;
}

static struct str
hour_text(int64_t t, int32_t offset, char *to)
{
	int64_t local = t + offset, year;
	int month, mday, n, hour, east = offset < 0 ? -offset : offset;

	calendar_date(calendar_floor(local, DAY_S), &year, &month, &mday);
	hour = (int)((local - calendar_floor(local, DAY_S) * DAY_S) / HOUR_S);
	n = snprintf(to, ZONE_TEXT_BYTES, "%04lld-%02d-%02dT%02d:00%c%02d:%02d",
	    (long long)year, month, mday, hour, offset < 0 ? '-' : '+',
	    east / 3600, east / 60 % 60);
	if (east % 60)			/* before there were zones */
		n += snprintf(to + n, ZONE_TEXT_BYTES - (size_t)n, ":%02d",
		    east % 60);
	return str_n(to, (size_t)n);
}

struct str
zone_text(const struct zone *z, enum zone_unit u, int64_t ms,
    char to[static ZONE_TEXT_BYTES])
{
	int64_t t = seconds(ms), day, year;
	int month, mday, week, n;

	if (u == ZONE_HOUR)
		return hour_text(t, span_at(z, t).offset, to);
	/* a week is named by what it has, also when its Monday was skipped */
	day = day_at(z, t);
	if (u == ZONE_WEEK) {
		calendar_week(day, &year, &week);
		n = snprintf(to, ZONE_TEXT_BYTES, "%04lld-W%02d",
		    (long long)year, week);
	} else {
		calendar_date(day, &year, &month, &mday);
		n = snprintf(to, ZONE_TEXT_BYTES, "%04lld-%02d-%02d",
		    (long long)year, month, mday);
	}
	return str_n(to, (size_t)n);
}
