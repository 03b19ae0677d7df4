/* Statistics and trends against plain SQL over the events, for random events
 * and ranges.  PW_SEED repeats a run. */
#include "stat_answer.h"
#include "stat_oracle.h"

#include <time.h>

#include "json/json_reader.h"
#include "ledger/stats.h"
#include "ledger/trends.h"
#include "model/latency.h"

#define ROUNDS 240
#define DAY_MS INT64_C(86400000)


/* Every rate is that of the numbers beside it. */
static void
rates_hold(const struct json *n, const char *about)
{
	const struct json *rate, *total, *part;

	if (json_kind(n) == JSON_ARRAY)
		for (size_t i = 0; i < json_count(n); i++)
			rates_hold(json_item(n, i), about);
	if (json_kind(n) != JSON_OBJECT)
		return;
	for (json_each(it, n))
		if (!str_is(it.key, "delta"))
			rates_hold(it.value, about);
	if (!json_member(n, "success_rate", &rate))
		return;
	total = member(n, "total");
	if (!json_member(n, "ok", &part))
		part = member(n, "success");
	if (json_as_int(total) == 0 ? json_kind(rate) != JSON_NULL :
	    json_as_double(rate) != (double)json_as_int(part) /
	    (double)json_as_int(total)) {
		bad++;
		printf("# a rate of %s\n", about);
	}
}

/* Lines that SQL makes of table oracle, within the range and filters. */
static struct str
lines(struct db *db, const struct stat_query *q, const char *select,
    const char *rest)
{
	struct str sql = arena_fmt(round_arena, "SELECT group_concat(line, '')"
	    " FROM (SELECT %s AS line FROM oracle WHERE ms >= :from"
	    " AND ms < :to AND (:requester IS NULL OR requester = :requester)"
	    " AND (:workspace IS NULL OR workspace = :workspace) %s)", select,
	    rest);
	struct stmt *s = db_stmt_text(db, sql);
	struct str text;

	stmt_bind_int(s, ":from", q->from_ms);
	stmt_bind_int(s, ":to", q->to_ms);
	stmt_bind_str(s, ":requester", q->requester);
	stmt_bind_str(s, ":workspace", q->workspace);
	if (stmt_step(s, &store_err) <= 0)
		bail_out(store_err.detail);
	text = stmt_copy(s, round_arena, 0);
	stmt_reset(s);
	return text.p ? text : STR("");
}

/* Where a time is, by the C library. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static struct str
local_text(int64_t ms, const char *form)
{
	time_t t = (time_t)(ms / 1000 - (ms % 1000 < 0));
	struct tm tm;
	char text[80];
	size_t n;

	localtime_r(&t, &tm);
	n = strftime(text, sizeof(text), form, &tm);
	/* +0100 becomes +01:00 */
	if (str_ends(str(form), STR("%z"))) {
		memmove(text + n - 1, text + n - 2, 3);
		text[n - 2] = ':';
	}
	return arena_str(round_arena, str(text));
}
#pragma GCC diagnostic pop

static void
zone_set(struct str tz)
{
	setenv("TZ", arena_cstr(round_arena, tz), 1);
	tzset();
}

/* Rows "label|total|ok|failed|reverted", one for each unit of the range, also
 * where nothing was. */
static struct str
by_time(struct db *db, const struct stat_query *q, const char *form,
    bool reverted)
{
	struct stmt *s = db_stmt(db, "SELECT ms, kind FROM oracle"
	    " WHERE ms >= :from AND ms < :to"
	    " AND (:requester IS NULL OR requester = :requester)"
	    " AND (:workspace IS NULL OR workspace = :workspace) ORDER BY ms");
	struct buf out = BUF_INIT(MIB(8));
	int64_t at = q->from_ms, quarter = 900000;
	bool more;
	struct str text;

	zone_set(q->tz);
	stmt_bind_int(s, ":from", q->from_ms);
	stmt_bind_int(s, ":to", q->to_ms);
	stmt_bind_str(s, ":requester", q->requester);
	stmt_bind_str(s, ":workspace", q->workspace);
	more = stmt_step(s, &store_err) > 0;
	while (at < q->to_ms) {
		struct str label = local_text(at, form);
		int64_t n[4] = { 0 }, next = at;

		/* units begin at quarters; dates that come twice are one */
		while (next < q->to_ms && str_eq(local_text(next, form), label))
			next += quarter - ((next % quarter) + quarter) % quarter;
		while (more && stmt_int(s, 0) < next) {
			n[stmt_int(s, 1)]++;
			more = stmt_step(s, &store_err) > 0;
		}
		buf_addf(&out, "%.*s|%lld|%lld|%lld", STR_ARG(label),
		    (long long)(n[1] + n[2]), (long long)n[1], (long long)n[2]);
		if (reverted)
			buf_addf(&out, "|%lld", (long long)n[3]);
		buf_addc(&out, '\n');
		at = next;
	}
	stmt_reset(s);
	zone_set(STR("UTC"));
	text = arena_str(round_arena, buf_str(&out));
	buf_free(&out);
	return text;
}

#define TOTALS "printf('%d|%d|%d', sum(kind < 3), sum(kind = 1)," \
	" sum(kind = 2)) || char(10)"

static void
latency_check(struct db *db, const struct stat_query *q,
    const struct json *root, const char *about)
{
	static const struct { const char *name; int part; } ranks[] = {
		{ "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "max", 100 },
	};
	const struct json *latency = member(root, "latency");
	struct str all = lines(db, q, "took || char(10)",
	    "AND kind = 1 AND took IS NOT NULL ORDER BY took");
	int64_t values[4000], n = 0;

	while (all.len && n < (int64_t)countof(values))
		str_int(str_cut(&all, '\n'), &values[n++]);
	if (number(latency, "count") != n) {
		bad++;
		printf("# latency of %s: %lld values, want %lld\n", about,
		    (long long)number(latency, "count"), (long long)n);
		return;
	}
	for (size_t i = 0; n && i < countof(ranks); i++) {
		int64_t rank = (n * ranks[i].part + 99) / 100;
		int64_t got = number(latency, ranks[i].name);
		int64_t want = values[rank - 1];

		if (latency_bucket(got) == latency_bucket(want) && got <= want)
			continue;
		bad++;
		printf("# %s of %s: got %lld, want %lld\n", ranks[i].name,
		    about, (long long)got, (long long)want);
	}
}

static struct str
totals_flat(const struct json *n)
{
	const struct json *t = member(n, "totals");

	return arena_fmt(round_arena, "%lld|%lld|%lld|%lld\n",
	    (long long)number(t, "total"), (long long)number(t, "ok"),
	    (long long)number(t, "failed"), (long long)number(n, "reverted"));
}

#define ALL_TOTALS "printf('%d|%d|%d|%d', coalesce(sum(kind < 3), 0)," \
	" coalesce(sum(kind = 1), 0), coalesce(sum(kind = 2), 0)," \
	" coalesce(sum(kind = 3), 0)) || char(10)"

static void
stats_compare(struct db *db, const struct stat_query *q,
    const struct json *root, const char *about)
{
	static const struct { const char *list, *members, *select, *rest; }
	lists[] = {
		{ "byFactory", "factory,total,success",
		    "coalesce(requester, '-') || printf('|%d|%d', count(*),"
		    " sum(kind = 1)) || char(10)", "AND kind < 3 GROUP BY"
		    " requester ORDER BY count(*) DESC, requester" },
		{ "byOp", "op,count", "coalesce(op, '-') || '|' || count(*)"
		    " || char(10)", "AND kind < 3 GROUP BY op"
		    " ORDER BY count(*) DESC, op" },
		{ "by_phase", "phase,total,ok,failed",
		    "coalesce(phase, '-') || '|' || " TOTALS,
		    "AND kind < 3 GROUP BY phase ORDER BY count(*) DESC,"
		    " phase" },
		{ "errors", "error,occurrences",
		    "error || '|' || count(*) || char(10)", "AND kind = 2"
		    " AND error IS NOT NULL GROUP BY error ORDER BY count(*)"
		    " DESC, (SELECT id FROM term WHERE field = 5 AND text ="
		    " error) LIMIT 20" },
	};
	struct stat_query before = *q;
	const struct json *previous = member(root, "previous"), *ops;
	double pct = 0;

	before.from_ms = q->from_ms - (q->to_ms - q->from_ms);
	before.to_ms = q->from_ms;
	for (size_t i = 0; i < countof(lists); i++)
		same(flat(member(root, lists[i].list), lists[i].members),
		    lines(db, q, lists[i].select, lists[i].rest),
		    lists[i].list, about);
	same(flat(member(root, "daily"), "day,total,ok,failed"),
	    by_time(db, q, "%Y-%m-%d", false), "daily", about);
	same(totals_flat(root), lines(db, q, ALL_TOTALS, ""), "totals", about);
	same(totals_flat(previous), lines(db, &before, ALL_TOTALS, ""),
	    "previous", about);
	latency_check(db, q, root, about);
	ops = member(root, "byOp");
	for (size_t i = 0; i < json_count(ops); i++)
		pct += json_as_double(member(json_item(ops, i), "pct"));
	if (json_count(ops) && (pct < 99.999999 || pct > 100.000001)) {
		bad++;
		printf("# the shares of operations of %s sum to %f\n", about,
		    pct);
	}
	rates_hold(root, about);
}

/* From a to b; near an event, at an edge of a cell, or anywhere. */
static int64_t
any_edge(struct db *db)
{
	static const int64_t widths[] = { 1, 1, 900000, 3600000, 86400000,
	    INT64_C(32) * 86400000 };
	int64_t w = widths[any_below(countof(widths))], at = 0;
	struct stmt *s = db_stmt(db, "SELECT ms FROM oracle LIMIT 1 OFFSET"
	    " (:n % (SELECT count(*) FROM oracle))");

	if (any_below(3) == 0) {
		at = any_time();
	} else {
		stmt_bind_int(s, ":n", any_below(1 << 30));
		if (stmt_one_int(s, &at, &store_err) != 0)
			bail_out(store_err.detail);
	}
	return (at / w - (at % w < 0)) * w + any_below(3) - 1;
}

static void
any_range(struct db *db, struct stat_query *q, int64_t days)
{
	int64_t a = any_edge(db), b = any_below(3) ? any_edge(db) :
	    a + any_below(INT64_C(1) << any_below(36)) + 1;

	q->from_ms = a < b ? a : b;
	q->to_ms = a < b ? b : a + (a == b);
	/* that number stands for a bound that was not given */
	q->from_ms -= q->from_ms == -1;
	q->to_ms += q->to_ms == -1;
	if (days && q->to_ms - q->from_ms > days * DAY_MS)
		q->to_ms = q->from_ms + any_below(days * DAY_MS) + 1;
}

/* None whose clocks went back over midnight, where the C library tells a date
 * twice and not in a row; test_zone has those. */
static struct str
any_zone(void)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin",
	    "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
	    "America/Sao_Paulo", "Pacific/Auckland", "Asia/Kathmandu",
	    "Pacific/Chatham", "Pacific/Apia" };

	return str(zones[any_below(countof(zones))]);
}

static const char *
describe(const struct stat_query *q, const char *what)
{
	return arena_fmt(round_arena, "%s from=%lld to=%lld tz=%.*s"
	    " requester=%.*s workspace=%.*s", what, (long long)q->from_ms,
	    (long long)q->to_ms, STR_ARG(q->tz), STR_ARG(q->requester),
	    STR_ARG(q->workspace)).p;
}

static struct stat_query
any_query(struct db *db, int64_t days)
{
	struct stat_query q = { .tz = any_zone() };

	any_range(db, &q, days);
	if (any_below(3) == 0)
		q.requester = arena_fmt(round_arena, "factory%d",
		    (int)any_below(5));
	if (any_below(3) == 0)
		q.workspace = arena_fmt(round_arena, "w%d", (int)any_below(3));
	return q;
}

static struct json_doc *
parsed(struct buf *out, int rc)
{
	struct json_doc *doc = NULL;

	if (rc != 0 || json_parse(buf_str(out), round_arena, &doc,
	    &store_err) != 0)
		bail_out(store_err.detail);
	buf_free(out);
	return doc;
}

static void
stats_round(struct db *db)
{
	/* mostly short ranges: the C library is slow over ten years */
	struct stat_query q = any_query(db, any_below(8) ? 90 : 3700);
	struct buf out = BUF_INIT(MIB(8));
	struct json_doc *doc = parsed(&out, stats_answer(db, round_arena, &q,
	    &out, &store_err));

	stats_compare(db, &q, json_root(doc), describe(&q, "stats"));
	json_doc_free(doc);
}

static const char *const units[] = { "week", "day", "hour" };
static const char *const forms[] = { "%G-W%V", "%Y-%m-%d",
    "%Y-%m-%dT%H:00%z" };

static void
trend_compare(struct db *db, const struct trend_query *t,
    const struct json *root)
{
	const struct json *rows = member(root, "results");
	const char *about = describe(&t->q, trend_groups[t->group]);
	const char *name = t->group == TREND_PHASE ? "phase" : "requester";

	rates_hold(root, about);
	if (t->group <= TREND_HOURLY) {
		same(flat(rows, arena_fmt(round_arena, "%s,total,ok,failed,"
		    "reverted", units[t->group]).p), by_time(db, &t->q,
		    forms[t->group], true), "results", about);
		return;
	}
	same(flat(rows, t->group == TREND_PHASE ? "phase,total,ok,failed" :
	    "factory,total,ok,failed"), lines(db, &t->q, arena_fmt(round_arena,
	    "coalesce(%s, '-') || '|' || %s", name, TOTALS).p,
	    arena_fmt(round_arena, "AND kind < 3 GROUP BY %s"
	    " ORDER BY count(*) DESC, %s", name, name).p), "results", about);
}

static void
trends_round(struct db *db)
{
	static const int64_t days[] = { 400, 90, 20, 0, 0 };
	int group = (int)any_below(5);
	struct trend_query t = { .group = group, .q = any_query(db,
	    days[group]), .after_ms = INT64_MAX };
	struct buf out = BUF_INIT(MIB(8));
	struct str next;
	struct json_doc *doc = parsed(&out, trends_answer(db, round_arena, &t,
	    &out, &next, &store_err));

	trend_compare(db, &t, json_root(doc));
	json_doc_free(doc);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* All pages of a walk; its lines sorted. */
static struct str
walk(struct db *db, struct trend_query *t, const char *members)
{
	struct str rows[200], all = STR("");
	size_t n = 0;

	do {
		struct buf out = BUF_INIT(MIB(8));
		struct json_doc *doc = parsed(&out, trends_answer(db,
		    round_arena, t, &out, &t->cursor, &store_err));
		struct str text = flat(member(json_root(doc), "results"),
		    members);

		rates_hold(json_root(doc), describe(&t->q, "a page"));
		json_doc_free(doc);
		while (text.len && n < countof(rows))
			rows[n++] = str_cut(&text, '\n');
		t->q.from_ms = t->q.to_ms = -1;
		if (t->cursor.p && trend_query_resolve(t, &store_err) != 0)
			bail_out(store_err.detail);
	} while (t->cursor.p);
	qsort(rows, n, sizeof(*rows), by_text);
	for (size_t i = 0; i < n; i++)
		all = arena_fmt(round_arena, "%.*s%.*s\n", STR_ARG(all),
		    STR_ARG(rows[i]));
	return all;
}

static void
work_round(struct db *db)
{
	bool order = any_below(2);
	const char *id = order ? "order_id" : "task_id";
	struct trend_query t = { .group = order ? TREND_ORDER : TREND_TASK,
	    .limit = 1 + any_below(4), .after_ms = INT64_MAX,
	    .q.tz = STR("UTC") };
	const char *about;
	struct str want;

	any_range(db, &t.q, 0);
	about = describe(&t.q, id);
	want = lines(db, &t.q, arena_fmt(round_arena, "%s || '|' || printf("
	    "'%%d|%%d|%%d|%%s.%%03dZ|%%s.%%03dZ', count(*), sum(kind = 1),"
	    " sum(kind = 2), strftime('%%Y-%%m-%%dT%%H:%%M:%%S',"
	    " (min(ms) - ((min(ms) %% 1000) + 1000) %% 1000) / 1000,"
	    " 'unixepoch'), ((min(ms) %% 1000) + 1000) %% 1000,"
	    " strftime('%%Y-%%m-%%dT%%H:%%M:%%S',"
	    " (max(ms) - ((max(ms) %% 1000) + 1000) %% 1000) / 1000,"
	    " 'unixepoch'), ((max(ms) %% 1000) + 1000) %% 1000) || char(10)",
	    id).p, arena_fmt(round_arena, "AND kind < 3 AND %s IS NOT NULL"
	    " GROUP BY %s ORDER BY 1", id, id).p);
	same(walk(db, &t, arena_fmt(round_arena,
	    "%s,total,ok,failed,first_patch,last_patch", id).p), want, "rows",
	    about);
}

int
main(void)
{
	struct db *db;

	oracle_begin();
	store_begin();
	round_arena = arena_new();
	zone_set(STR("UTC"));
	db = store_open();
	for (int i = 0; i < ROUNDS && !bad; i++) {
		/* more events now and then: what supersedes comes later */
		if (i % 40 == 0 && (oracle_fill(db, 60) != 0 ||
		    oracle_make(db) != 0))
			bail_out(store_err.detail);
		stats_round(db);
		trends_round(db);
		work_round(db);
		arena_reset(round_arena);
	}
	is_int(bad, 0, "all sums are those of the events");
	arena_free(round_arena);
	db_close(db);
	store_end();
	return done_testing();
}
