/* Which events are old enough, and what is left of them: at every edge. */
#include <sqlite3.h>

#include "ledger/retention.h"
#include "store/event_seal.h"
#include "store/chain.h"
#include "store_fixture.h"

#define OLD_MS 1000

static void
run_sql(const char *sql)
{
	sqlite3 *h;
	char *why = NULL;

	if (sqlite3_open(store_path, &h) != SQLITE_OK ||
	    sqlite3_exec(h, sql, NULL, NULL, &why) != SQLITE_OK)
		bail_out(why ? why : "no database");
	sqlite3_close(h);
}

static void
append(struct db *db, int n)
{
	db_begin(db, &store_err);
	for (int i = 0; i < n; i++) {
		struct event ev = { .type = EVENT_PATCH_APPLIED,
		    .ts_ms = OLD_MS, .payload = STR("{}") };

		event_store_append(db, &ev, &store_err);
	}
	is_int(db_commit(db, &store_err), 0, "%d events", n);
}

static struct retention
older_than(int64_t cutoff_ms, int64_t run_ms)
{
	return (struct retention){ .what = RETAIN_LOG, .cutoff_ms = cutoff_ms,
	    .run_ms = run_ms, .last_seq = INT64_MAX };
}

static int64_t
step(struct db *db, const struct retention *r)
{
	int64_t rows = -1;

	db_begin(db, &store_err);
	if (retention_step(db, r, &rows, &store_err) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, &store_err) == 0 ? rows : -1;
}

/* Events that would go, of the 300 that there are. */
static void
test_span(struct db *db)
{
	static const struct {
		const char *name, *make, *undo;
		int64_t cutoff, last;
	} rows[] = {
		{ "all are old", "", "", OLD_MS + 1, 255 },
		{ "as old as that is not older", "", "", OLD_MS, 0 },
		{ "before the beginning", "", "", 0, 0 },
		{ "the first is young",
		    "UPDATE event SET ts_ms = 5000 WHERE seq = 1",
		    "UPDATE event SET ts_ms = 1000", OLD_MS + 1, 0 },
		{ "the last of a block is young",
		    "UPDATE event SET ts_ms = 5000 WHERE seq = 255",
		    "UPDATE event SET ts_ms = 1000", OLD_MS + 1, 0 },
		{ "the first of the next block is young",
		    "UPDATE event SET ts_ms = 5000 WHERE seq = 256",
		    "UPDATE event SET ts_ms = 1000", OLD_MS + 1, 255 },
		{ "one of a batch that is open", "INSERT INTO patch_batch"
		    " (id, workspace, ops, state, created_at) VALUES ('b',"
		    " 'w', 1, 'open', 1); UPDATE event SET batch_id = 'b'"
		    " WHERE seq = 200", "", OLD_MS + 1, 0 },
		{ "it is closed", "UPDATE patch_batch SET state = 'applied'",
		    "UPDATE event SET batch_id = NULL", OLD_MS + 1, 255 },
	};

	for (size_t i = 0; i < countof(rows); i++) {
		struct retention r = older_than(rows[i].cutoff, 1);
		int64_t first = -1, last = -1, n = -1;

		run_sql(rows[i].make);
		is_int(retention_span(db, &r, &first, &last, &store_err), 0,
		    "%s", rows[i].name);
		is_int(first, 1, "first");
		ok(rows[i].last ? last == rows[i].last : last < first,
		    "last is %lld", (long long)last);
		retention_count(db, &r, &n, &store_err);
		is_int(n, rows[i].last, "as many are counted");
		run_sql(rows[i].undo);
	}
}

static void
seal_is(struct db *db, int64_t first, int64_t last, int64_t at)
{
	struct event_seal s;

	is_int(event_seal_newest(db, &s, &store_err), 1, "a seal");
	is_int(s.first_seq, first, "first");
	is_int(s.last_seq, last, "last");
	is_int(s.rows, last - first + 1, "rows");
	is_int(s.sealed_ms, at, "when");
}

static void
test_steps(struct db *db)
{
	struct retention r = older_than(OLD_MS + 1, 7);
	struct chain_verdict v;
	int64_t rows, all = 0;
	int steps = 0;

	run_sql("INSERT INTO property VALUES ('projected_to', '0')");
	ok(step(db, &r) == -1 && store_err.kind == ERR_BUSY,
	    "not while the log is made anew: %s", store_err.detail);
	run_sql("DELETE FROM property WHERE key = 'projected_to'");
	r.last_seq = 254;
	is_int(step(db, &r), 0, "not behind the last that was archived");
	r.last_seq = 255;
	is_int(step(db, &r), 255, "the first block");
	seal_is(db, 1, 255, 7);
	r.last_seq = INT64_MAX;
	is_int(step(db, &r), 0, "nothing is left to do");
	seal_is(db, 1, 255, 7);
	append(db, 5000);
	r.run_ms = 8;
	while ((rows = step(db, &r)) > 0) {
		all += rows;
		steps++;
		seal_is(db, 256, 255 + all, 8);
	}
	is_int(rows, 0, "to the end: %s", store_err.detail);
	is_int(all, 5119 - 255, "whole blocks only");
	ok(steps > 3, "in %d steps", steps);
	is_int(chain_verify(db, 1, NULL, &v, &store_err), 0, "verify");
	is_int(v.first_bad, 0, "the chain holds: %s", v.what);
	is_int(v.sealed, 5119, "sealed");
	is_int(v.rows, 300 + 5000 - 5119, "rows");
}

/* All of them go, and the next event is chained to the seal. */
static void
test_all(struct db *db)
{
	struct retention r = older_than(OLD_MS + 1, 9);
	struct chain_verdict v;
	int64_t seq;

	append(db, 5375 - 5300);
	is_int(step(db, &r), 5375 - 5119, "the rest");
	event_store_oldest(db, &seq, &store_err);
	is_int(seq, 0, "none is left");
	is_int(step(db, &r), 0, "nothing of nothing");
	append(db, 1);
	event_store_oldest(db, &seq, &store_err);
	is_int(seq, 5376, "and on");
	is_int(chain_verify(db, 1, NULL, &v, &store_err), 0, "verify");
	is_int(v.first_bad, 0, "the chain holds: %s", v.what);
}

int
main(void)
{
	struct db *db;

	store_begin();
	db = store_open();
	append(db, 300);
	test_span(db);
	test_steps(db);
	test_all(db);
	db_close(db);
	store_end();
	return done_testing();
}
