#include "model/stat_query.h"

#include <stddef.h>

#include "base/clock.h"

#define DAY_MS		INT64_C(86400000)
#define MINUTE_MS	60000
/* Beyond the year 9999 no time can be written. */
#define TIME_END	INT64_C(253402300800000)

const char *const trend_groups[TREND__MAX] = {
	"weekly", "daily", "hourly", "phase", "factory", "order", "task",
};

#define RANGE(S, m) \
	F_TIME(S, m from_ms, "from", 0, "From this moment on."), \
	F_TIME(S, m to_ms, "to", 0, "Before this moment."), \
	F_STR(S, m requester, "requester", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Only this requester."), \
	F_STR(S, m workspace, "workspace", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Only this workspace."), \
	F_STR_PRESET(S, m tz, "tz", "UTC", NAME_MAX_BYTES, FMT_NAME, "Where days and weeks begin, Area/City.")

static const struct field stat_fields[] = {
	RANGE(struct stat_query,),
	F_END
};

const struct contract stat_query_contract = {
	.name = "StatQuery", .size = sizeof(struct stat_query),
	.fields = stat_fields, .doc = "Which patches are summed.",
};

#define T struct trend_query

static const struct field trend_fields[] = {
	F_ENUM(T, group, "group", 0, trend_groups, TREND__MAX, "weekly", "What a row is about."),
	RANGE(T, q.),
	F_INT(T, limit, "limit", 0, 1, PAGE_MAX_ROWS, 0, "Rows of a page, of orders or tasks."),
	F_STR(T, cursor, "cursor", 0, 1, 200, FMT_NAME, "Where the last page ended (its pagination.next)."),
	F_END
};

const struct contract trend_query_contract = {
	.name = "TrendQuery", .size = sizeof(T), .fields = trend_fields,
	.doc = "Which sums are wanted, and of what.",
};

static int
refuse(struct err *e, const char *param, const char *why)
{
	err_set(e, ERR_BAD_QUERY, "%s", why);
	return err_at(e, "?%s", param);
}

int
stat_range_resolve(struct stat_query *q, int days, int max_days,
    struct err *e)
{
	char from[CLOCK_TEXT_BYTES], to[CLOCK_TEXT_BYTES];

	if (q->to_ms > TIME_END || q->from_ms > TIME_END)
		return refuse(e, q->to_ms > TIME_END ? "to" : "from",
		    "it is behind the year 9999");
	if (q->to_ms == -1)
		q->to_ms = (clock_now_ms() / MINUTE_MS + 1) * MINUTE_MS;
	if (q->from_ms == -1)
		q->from_ms = q->to_ms - days * DAY_MS;
	if (q->from_ms >= q->to_ms) {
		struct str f = clock_write(q->from_ms, from);
		struct str t = clock_write(q->to_ms, to);

		err_set(e, ERR_BAD_QUERY, "the range is empty: from (%.*s) "
		    "must be before to (%.*s)", STR_ARG(f), STR_ARG(t));
		return err_at(e, "?from");
	}
	/* the clocks of a zone may make a day of the range longer */
	if (max_days && q->to_ms - q->from_ms > max_days * DAY_MS) {
		err_set(e, ERR_BAD_QUERY, "the range is longer than %d days: "
		    "ask for a part of it", max_days);
		return err_at(e, "?from");
	}
	return 0;
}

static bool
is_list(int group)
{
	return group == TREND_ORDER || group == TREND_TASK;
}

struct str
trend_cursor_text(struct arena *a, const struct trend_query *t,
    int64_t after_ms, int64_t after_term)
{
	return arena_fmt(a, "t1.%d.%llx.%llx.%llx.%llx", t->group,
	    (unsigned long long)t->q.from_ms, (unsigned long long)t->q.to_ms,
	    (unsigned long long)after_ms, (unsigned long long)after_term);
}

/* The next part, hexadecimal. */
static bool
number(struct str *rest, int64_t *out)
{
	uint64_t v;

	if (!str_hex(str_cut(rest, '.'), &v))
		return false;
	memcpy(out, &v, sizeof(v));
	return true;
}

static int
cursor_parse(struct trend_query *t, struct err *e)
{
	struct str rest = t->cursor;
	int64_t group, from, to;

	t->after_ms = INT64_MAX;
	if (!t->cursor.p)
		return 0;
	if (!str_is(str_cut(&rest, '.'), "t1") || !number(&rest, &group) ||
	    !number(&rest, &from) || !number(&rest, &to) ||
	    !number(&rest, &t->after_ms) || !number(&rest, &t->after_term) ||
	    rest.p || from >= to || to > TIME_END || from < -TIME_END)
		return refuse(e, "cursor",
		    "cursor is not one that this server gave");
	if (group != t->group ||
	    (t->q.from_ms != -1 && t->q.from_ms != from) ||
	    (t->q.to_ms != -1 && t->q.to_ms != to))
		return refuse(e, "cursor",
		    "the cursor is of another group or range");
	t->q.from_ms = from;
	t->q.to_ms = to;
	return 0;
}

int
trend_query_resolve(struct trend_query *t, struct err *e)
{
	static const char only[] =
	    "it goes with group=order and group=task";
	static const char none[] =
	    "it does not go with group=order and group=task";
	int max = t->group == TREND_HOURLY ? TRENDS_MAX_HOURLY :
	    t->group <= TREND_DAILY ? STATS_MAX_DAYS : 0;

	if (!is_list(t->group) && t->limit)
		return refuse(e, "limit", only);
	if (!is_list(t->group) && t->cursor.p)
		return refuse(e, "cursor", only);
	if (is_list(t->group) && t->q.requester.p)
		return refuse(e, "requester", none);
	if (is_list(t->group) && t->q.workspace.p)
		return refuse(e, "workspace", none);
	if (!t->limit)
		t->limit = TRENDS_DEFAULT_ROWS;
	if (cursor_parse(t, e) != 0)
		return -1;
	return stat_range_resolve(&t->q, TRENDS_DEFAULT_DAYS, max, e);
}
