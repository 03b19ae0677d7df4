/* stat_oracle.h - random events through the real way in, and table oracle: what
 * became of each patch, by plain SQL over the events alone. */
#ifndef TESTS_STAT_ORACLE_H
#define TESTS_STAT_ORACLE_H

#include "store_fixture.h"

#include "ledger/patch_log.h"
#include "store/producer_event.h"

static uint64_t oracle_seed;

static inline uint64_t
any64(void)
{
	oracle_seed += 0x9e3779b97f4a7c15u;
	uint64_t z = (oracle_seed ^ oracle_seed >> 30) * 0xbf58476d1ce4e5b9u;

	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline int64_t
any_below(int64_t n)
{
	return (int64_t)(any64() % (uint64_t)n);
}

static inline void
oracle_begin(void)
{
	const char *given = getenv("PW_SEED");

	oracle_seed = given ? strtoull(given, NULL, 10) : getenv("CI") ? 1 :
	    (uint64_t)clock_mono_us() ^ (uint64_t)getpid() << 32;
	printf("# PW_SEED=%llu\n", (unsigned long long)oracle_seed);
}

/* Days when clocks were changed, edges of what sums are kept for, and far
 * away. */
static const int64_t centres[] = {
	INT64_C(1774746000000),		/* Berlin, spring 2026 */
	INT64_C(1792890000000),		/* Berlin, autumn 2026 */
	INT64_C(1793512800000),		/* New York, autumn 2026 */
	INT64_C(1775314800000),		/* Lord Howe, half an hour */
	INT64_C(1541300400000),		/* Sao Paulo: the day begins at 1 */
	INT64_C(1550368800000),		/* Sao Paulo: 23 to 24 twice */
	INT64_C(1777593600000),		/* a month, UTC */
	INT64_C(646) * 32 * 86400000,	/* a span */
	INT64_C(915148800000),		/* 1999 */
	-INT64_C(86400000) * 40, 0,
};

static inline int64_t
any_time(void)
{
	static const int64_t near[] = { 3, 2000, 900000, 7200000,
	    86400000 * INT64_C(3), 86400000 * INT64_C(60),
	    86400000 * INT64_C(800) };
	int64_t width = near[any_below(countof(near))];

	return centres[any_below(countof(centres))] +
	    any_below(2 * width + 1) - width;
}

static inline struct str
any_word(const char *prefix, int64_t n)
{
	return any_below(6) == 0 ? STR_NONE : arena_fmt(store_arena, "%s%d",
	    prefix, (int)any_below(n));
}

/* One event of p, as the programs store it. */
static inline int
oracle_append(struct db *db, struct patch_event *p, bool foreign)
{
	struct event ev = patch_event_pack(store_arena, p);

	if (event_store_append(db, &ev, &store_err) != 0)
		return -1;
	p->seq = ev.seq;
	if (patch_log_append(db, p, foreign, &store_err) != 0)
		return -1;
	return foreign ? producer_event_insert(db, arena_fmt(store_arena,
	    "c%lld", (long long)ev.seq), ev.seq, &store_err) : 0;
}

static inline struct patch_event
oracle_patch(int64_t id, bool foreign)
{
	struct patch_event p = {
		.patch_id = arena_fmt(store_arena, "p%lld", (long long)id),
		.order_id = any_word("o", 9), .task_id = any_word("t", 15),
		.file = any_word("src/f", 20), .op = any_word("op", 5),
		.requester = any_word("factory", 4),
		.workspace = any_word("w", 3), .phase = any_word("phase", 4),
		.ts_check_ok = foreign ? any_below(3) - 1 : TRI_NULL,
		.lines_added = any_below(30) - 1, .lines_removed = -1,
		.shift = SHIFT_NONE, .duration_ms = -1,
	};

	if (any_below(2))
		p.duration_ms = any_below((int64_t)1 << any_below(40));
	return p;
}

/* What happens to one patch, told in any order of time. */
static inline int
oracle_step(struct db *db, struct patch_event p, bool foreign)
{
	static const struct { enum event_type type; const char *status; }
	kinds[] = {
		{ EVENT_PATCH_APPLIED, "applied" },
		{ EVENT_PATCH_APPLIED, "applied" },
		{ EVENT_PATCH_FAILED, "failed" },
		{ EVENT_PATCH_FAILED, "not_applied" },
		{ EVENT_PATCH_REQUESTED, "requested" },
		{ EVENT_PATCH_VALIDATED, "validated" },
		{ EVENT_PATCH_REVERTED, "reverted" },
	};
	size_t k = (size_t)any_below(countof(kinds));

	p.type = kinds[k].type;
	p.status = str(kinds[k].status);
	if (any_below(4) == 0)
		p.ts_ms = any_time();
	else
		p.ts_ms += any_below(5000) - 500;
	if (p.type == EVENT_PATCH_FAILED)
		p.error = any_word("error ", 40);
	if (p.type == EVENT_PATCH_FAILED && any_below(5) == 0)
		p.reverts = STR("p1");
	if (any_below(8) == 0)
		p.order_id = any_word("o", 9);
	return oracle_append(db, &p, foreign);
}

/* Some patches with all their events, in one transaction. */
static inline int
oracle_fill(struct db *db, int patches)
{
	static int64_t id;

	if (db_begin(db, &store_err) != 0)
		return -1;
	for (int i = 0; i < patches; i++) {
		bool foreign = any_below(3) == 0;
		/* sometimes one that is there already */
		int64_t which = id && any_below(5) == 0 ? any_below(id) : id++;
		struct patch_event p = oracle_patch(which, foreign);

		p.ts_ms = any_time();
		for (int64_t n = any_below(4) + 1; n > 0; n--)
			if (oracle_step(db, p, foreign) != 0) {
				db_rollback(db);
				return -1;
			}
	}
	return db_commit(db, &store_err);
}

/* The definition, once more and in other words. */
static const char *const oracle_sql[] = {
	"DROP TABLE IF EXISTS oracle",
	"CREATE TABLE oracle AS WITH told AS (SELECT e.seq, e.ts_ms,"
	" e.patch_id, e.payload, CASE e.type"
	" WHEN 'patch_applied' THEN CASE WHEN e.seq IN"
	" (SELECT seq FROM producer_event) AND"
	" json_extract(e.payload, '$.ts_check_ok') = 0 THEN 2 ELSE 1 END"
	" WHEN 'patch_failed' THEN CASE WHEN"
	" json_extract(e.payload, '$.reverts') IS NULL THEN 2 END"
	" WHEN 'patch_reverted' THEN 3 END AS kind FROM event AS e),"
	" numbered AS (SELECT *, row_number() OVER (PARTITION BY patch_id,"
	" kind = 3 ORDER BY seq DESC) AS n FROM told WHERE kind IS NOT NULL)"
	" SELECT seq, ts_ms AS ms, kind, patch_id,"
	" json_extract(payload, '$.order_id') AS order_id,"
	" json_extract(payload, '$.task_id') AS task_id,"
	" json_extract(payload, '$.op') AS op,"
	" json_extract(payload, '$.phase') AS phase,"
	" json_extract(payload, '$.requester') AS requester,"
	" json_extract(payload, '$.workspace') AS workspace,"
	" CASE WHEN json_extract(payload, '$.status') <> 'not_applied' THEN"
	" json_extract(payload, '$.error') END AS error,"
	" coalesce(json_extract(payload, '$.duration_ms'), (SELECT"
	" CASE WHEN q.ts_ms <= numbered.ts_ms THEN numbered.ts_ms - q.ts_ms"
	" END FROM event AS q WHERE q.patch_id = numbered.patch_id AND"
	" q.type = 'patch_requested' AND q.seq < numbered.seq"
	" ORDER BY q.seq LIMIT 1)) AS took, '' AS label"
	" FROM numbered WHERE n = 1",
};

static inline int
oracle_make(struct db *db)
{
	if (db_begin(db, &store_err) != 0)
		return -1;
	for (size_t i = 0; i < countof(oracle_sql); i++)
		if (stmt_run(db_stmt(db, oracle_sql[i]), &store_err) != 0) {
			db_rollback(db);
			return -1;
		}
	return db_commit(db, &store_err);
}

#endif
