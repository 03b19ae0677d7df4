#include "base/zone_file.h"

#include "base/calendar.h"
#include "base/zone_rule.h"

#define HEAD_BYTES 44
#define RULE_YEARS 403		/* one cycle behind the year that begins it */
#define COUNT_MAX 100000	/* real files have some hundreds */
#define OFFSET_MAX_S (26 * 3600)	/* RFC 9636, 3.2 */
#define AT_MAX_S (INT64_C(1) << 60)	/* old files begin at the Big Bang */

struct counts { size_t isut, isstd, leap, time, type, chars; };

static uint32_t
be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 |
	    (uint32_t)u[2] << 8 | u[3];
}

static int64_t
be64(const char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool
cut(struct str *s, size_t n, struct str *out)
{
	if (s->len < n)
		return false;
	*out = str_n(s->p, n);
	*s = str_n(s->p + n, s->len - n);
	return true;
}

/* A header, and the block behind it, whose times have so many bytes. */
static bool
block(struct str *s, size_t time_bytes, struct counts *c, struct str *data)
{
	size_t *const to[] = { &c->isut, &c->isstd, &c->leap, &c->time,
	    &c->type, &c->chars };
	struct str head;

	if (!cut(s, HEAD_BYTES, &head) || !str_starts(head, STR("TZif")))
		return false;
	for (size_t i = 0; i < countof(to); i++) {
		*to[i] = be32(head.p + 20 + 4 * i);
		if (*to[i] > COUNT_MAX)
			return false;
	}
	return cut(s, c->time * (time_bytes + 1) + c->type * 6 + c->chars +
	    c->leap * (time_bytes + 4) + c->isstd + c->isut, data);
}

static void
add(struct zone_offsets *z, int64_t at, int32_t offset)
{
	while (z->n > 1 && z->at_s[z->n - 1] >= at)	/* overtaken */
		z->n--;
	if (z->n && z->offset_s[z->n - 1] == offset)
		return;
	z->at_s[z->n] = at;
	z->offset_s[z->n++] = offset;
}

/* The list of transitions; false when it is not as the RFC says. */
static bool
transitions(struct str data, const struct counts *c, struct zone_offsets *z)
{
	const char *index = data.p + c->time * 8, *types = index + c->time;
	int64_t before = INT64_MIN;

	if (!c->type)
		return false;
	for (size_t i = 0; i < c->type; i++) {
		int32_t off = (int32_t)be32(types + 6 * i);

		if (off < -OFFSET_MAX_S || off > OFFSET_MAX_S)
			return false;
	}
	add(z, INT64_MIN, (int32_t)be32(types));
	for (size_t i = 0; i < c->time; i++) {
		int64_t at = be64(data.p + 8 * i);
		unsigned char type = (unsigned char)index[i];

		if (at <= before || type >= c->type || at < -AT_MAX_S ||
		    at > AT_MAX_S)
			return false;
		before = at;
		add(z, at, (int32_t)be32(types + 6 * type));
	}
	return true;
}

/* Behind the last transition, by the rule, for a whole cycle of years. */
static void
go_on(const struct zone_rule *r, int64_t last, struct zone_offsets *z)
{
	int64_t year;
	int month, day;

	if (!r->summer || r->summer_offset_s == r->offset_s)
		return;
	if (last == INT64_MIN)
		last = calendar_day(1900, 1, 1) * 86400;
	calendar_date(calendar_floor(last, 86400), &year, &month, &day);
	for (int64_t y = year; y < year + RULE_YEARS; y++) {
		int64_t begins = zone_rule_begins(r, y);
		int64_t ends = zone_rule_ends(r, y);

		if (begins < ends && begins > last)
			add(z, begins, r->summer_offset_s);
		if (ends > last)
			add(z, ends, r->offset_s);
		if (begins >= ends && begins > last)
			add(z, begins, r->summer_offset_s);
	}
	z->cycle = true;
}

int
zone_file_read(struct str bytes, struct arena *a, struct zone_offsets *z,
    struct err *e)
{
	struct counts c;
	struct zone_rule rule;
	struct str data, footer;
	char version = bytes.len > 4 ? bytes.p[4] : 0;
	int64_t last;

	*z = (struct zone_offsets){ 0 };
	if (!str_starts(bytes, STR("TZif")))
		return err_set(e, ERR_IO, "it does not begin with TZif");
	if (version < '2')
		return err_set(e, ERR_IO, "it is of version 1, which has no "
		    "times after 2037");
	if (!block(&bytes, 4, &c, &data) || !block(&bytes, 8, &c, &data))
		return err_set(e, ERR_IO, "it ends too early");
	if (c.leap)
		return err_set(e, ERR_IO, "it counts leap seconds");
	z->at_s = arena_array_of(a, int64_t, c.time + 2 + 2 * RULE_YEARS);
	z->offset_s = arena_array_of(a, int32_t, c.time + 2 + 2 * RULE_YEARS);
	if (!transitions(data, &c, z))
		return err_set(e, ERR_IO, "its transitions are wrong");
	last = c.time ? be64(data.p + 8 * (c.time - 1)) : INT64_MIN;
	if (bytes.len < 2 || bytes.p[0] != '\n')
		return err_set(e, ERR_IO, "it has no last line");
	bytes = str_n(bytes.p + 1, bytes.len - 1);
	footer = str_cut(&bytes, '\n');
	if (!bytes.p)
		return err_set(e, ERR_IO, "its last line has no end");
	if (!footer.len)
		return 0;
	if (!zone_rule_parse(footer, &rule) ||
	    rule.offset_s < -OFFSET_MAX_S || rule.offset_s > OFFSET_MAX_S ||
	    rule.summer_offset_s < -OFFSET_MAX_S ||
	    rule.summer_offset_s > OFFSET_MAX_S)
		return err_set(e, ERR_IO, "its last line cannot be understood");
	go_on(&rule, last, z);
	return 0;
}
