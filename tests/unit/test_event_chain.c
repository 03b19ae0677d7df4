/* The event stream: seq without gaps among processes, and a chain that tells
 * where somebody was at it. */
#include <sys/wait.h>

#include "store/chain.h"
#include "store/event_seal.h"
#include "store_fixture.h"

static unsigned verify_threads = 1;

static struct chain_verdict
verdict(struct db *db)
{
	struct chain_verdict v = { 0 };

	if (chain_verify(db, verify_threads, NULL, &v, &store_err) != 0)
		printf("# verify: %s\n", store_err.detail);
	return v;
}

/* The example of event_store.h, computed by other means. */
static void
test_known_hash(struct db *db)
{
	struct event ev = { .type = EVENT_PATCH_FAILED, .ts_ms = -5,
	    .payload = STR("{\"\xc3\xa9\":1}"), .patch_id = STR("p-1"),
	    .order_id = STR("") };
	struct str row = STR("1:1,12:patch_failed,2:-5,8:{\"\xc3\xa9\":1},-,"
	    "3:p-1,0:,-,-,-,-,-,");
	struct str seed = arena_fmt(store_arena, "patchwarden:%.*s",
	    STR_ARG(db_epoch(db)));
	struct sha256 before = sha256_of(seed), want;
	struct stmt *s;

	want = sha256_of_parts((struct str[]){ str_n((char *)before.b, 32),
	    row }, 2);
	db_begin(db, &store_err);
	is_int(event_store_append(db, &ev, &store_err), 0, "append");
	is_int(db_commit(db, &store_err), 0, "commit");
	is_int(ev.seq, 1, "seq begins at 1");
	s = db_stmt(db, "SELECT hash FROM event");
	ok(stmt_step(s, &store_err) == 1 && str_eq(stmt_str(s, 0),
	    str_n((char *)want.b, 32)), "hashed as the header says");
	stmt_reset(s);
}

static void
test_rollback(struct db *db)
{
	struct event ev = { .type = EVENT_AUDIT, .payload = STR("{}") };
	int64_t head = 0;

	db_begin(db, &store_err);
	event_store_append(db, &ev, &store_err);
	event_store_append(db, &ev, &store_err);
	is_int(ev.seq, 3, "seq inside of a transaction");
	db_rollback(db);
	event_store_head(db, &head, &store_err);
	is_int(head, 1, "gone with it");
	is_int(store_append(db, 3, &store_err), 0, "append again");
	event_store_head(db, &head, &store_err);
	is_int(head, 4, "no gap");
	ok(event_store_append(db, &ev, &store_err) != 0, "not outside: %s",
	    store_err.detail);
}

static void
writer(int transactions)
{
	struct db *db = store_open_as(DB_RW, 30000);
	struct err e;

	for (int i = 0; i < transactions; i++)
		if (store_append(db, 1 + i % 3, &e) != 0)
			_exit(1);
	db_close(db);
	_exit(0);
}

static void
checkpointer(int ms)
{
	struct db *db = store_open_as(DB_RW, 30000);
	int64_t end = clock_mono_ms() + ms;
	struct err e;

	while (clock_mono_ms() < end) {
		if (db_checkpoint(db, 1, &e) < 0)
			_exit(1);
		clock_sleep_ms(3);
	}
	db_close(db);
	_exit(0);
}

static void
test_writers(struct db *db)
{
	enum { WRITERS = 4, TRANSACTIONS = 150 };
	int64_t before = 0, head = 0, rows = 0;
	int status, failed = 0;
	pid_t pid;

	event_store_head(db, &before, &store_err);
	for (int i = 0; i <= WRITERS; i++) {
		pid = fork();
		if (pid == 0) {
			if (i == WRITERS)
				checkpointer(600);
			writer(TRANSACTIONS);
		}
	}
	while (wait(&status) > 0)
		failed += status != 0;
	is_int(failed, 0, "%d writers beside a checkpointer", WRITERS);
	event_store_head(db, &head, &store_err);
	stmt_one_int(db_stmt(db, "SELECT count(*) FROM event"), &rows,
	    &store_err);
	is_int(rows, before + WRITERS * TRANSACTIONS * 2, "every row is there");
	is_int(head, rows, "without gaps");
	is_int(verdict(db).first_bad, 0, "and the chain holds");
	is_int(verdict(db).rows, rows, "over all of them");
}

static const struct {
	const char *name, *sql;
	int64_t first_bad;
} meddling[] = {
	{ "a changed payload", "UPDATE event SET payload = '{}'"
	    " WHERE seq = 7", 7 },
	{ "a changed filter column", "UPDATE event SET task_id = ''"
	    " WHERE seq = 9", 9 },
	{ "a changed time", "UPDATE event SET ts_ms = ts_ms + 1"
	    " WHERE seq = 5", 5 },
	{ "a changed hash", "UPDATE event SET hash = zeroblob(32)"
	    " WHERE seq = 3", 3 },
	{ "a row taken out", "DELETE FROM event WHERE seq = 6", 6 },
	{ "the first row taken out", "DELETE FROM event WHERE seq = 1", 1 },
	{ "the end cut off", "DELETE FROM event WHERE seq > 1200", 1201 },
	{ "two rows exchanged", "UPDATE event SET seq = -1 WHERE seq = 4;"
	    " UPDATE event SET seq = 4 WHERE seq = 8;"
	    " UPDATE event SET seq = 8 WHERE seq = -1", 4 },
	{ "a row put in", "INSERT INTO event (type, ts_ms, payload, hash)"
	    " VALUES ('audit', 0, '{}', zeroblob(32))", 1205 },
};

/* Inside transactions that are taken back, so that each begins well. */
static void
test_meddling(struct db *db)
{
	int64_t head = 0;

	event_store_head(db, &head, &store_err);
	is_int(head, 1204, "the table below counts on that");
	for (size_t i = 0; i < countof(meddling); i++) {
		struct str rest = str(meddling[i].sql), one;
		struct chain_verdict v;

		db_begin(db, &store_err);
		while (rest.p) {
			one = str_cut(&rest, ';');
			if (stmt_run(db_stmt_text(db, one), &store_err) != 0)
				printf("# %s\n", store_err.detail);
		}
		v = verdict(db);
		is_int(v.first_bad, meddling[i].first_bad, "%s: %s",
		    meddling[i].name, v.what);
		db_rollback(db);
	}
	is_int(verdict(db).first_bad, 0, "and well again");
}

static void
test_reading(struct db *db)
{
	struct event *ev, more = { .type = EVENT_PATCH_REQUESTED,
	    .payload = STR("{}"), .patch_id = STR("q"), .batch_id = STR("b") };
	size_t n;
	int64_t seq = 0;

	db_begin(db, &store_err);
	event_store_append(db, &more, &store_err);
	more.type = EVENT_PATCH_APPLIED;
	more.requester = STR("ui");
	event_store_append(db, &more, &store_err);
	db_commit(db, &store_err);
	is_int(event_store_since(db, store_arena, 1200, 100, &ev, &n,
	    &store_err), 0, "since");
	is_int((long long)n, 6, "rows above the cursor");
	is_int(ev[0].seq, 1201, "oldest first");
	ok(ev[5].type == EVENT_PATCH_APPLIED, "type");
	is_str(ev[5].requester, "ui", "text");
	is_str(ev[5].task_id, NULL, "absent text");
	is_int(event_store_since(db, store_arena, 0, 10, &ev, &n, &store_err),
	    0, "since 0");
	is_int((long long)n, 10, "at most max");
	event_store_of_patch(db, store_arena, STR("q"), &ev, &n, &store_err);
	is_int((long long)n, 2, "of a patch");
	event_store_of_batch(db, store_arena, STR("b"), &ev, &n, &store_err);
	is_int((long long)n, 1, "outcomes of a batch");
	event_store_of_batch(db, store_arena, STR("%"), &ev, &n, &store_err);
	is_int((long long)n, 0, "of no batch");
	event_store_oldest(db, &seq, &store_err);
	is_int(seq, 1, "oldest");
}

/* -- many rows, many threads -- */

enum { PIECE = 8192, MANY = 3 * PIECE + 5 };

static const struct {
	const char *name, *sql;
	int64_t first_bad;
} pieces[] = {
	{ "nothing", NULL, 0 },
	{ "the last row of a piece changed", "UPDATE event SET op = 'x'"
	    " WHERE seq = 8192", PIECE },
	{ "the first row of a piece changed", "UPDATE event SET op = 'x'"
	    " WHERE seq = 8193", PIECE + 1 },
	{ "the last row of a piece missing", "DELETE FROM event"
	    " WHERE seq = 8192", PIECE },
	{ "the first row of a piece missing", "DELETE FROM event"
	    " WHERE seq = 8193", PIECE + 1 },
	{ "a piece missing", "DELETE FROM event"
	    " WHERE seq BETWEEN 8193 AND 16384", PIECE + 1 },
	{ "a hash that the next piece begins with", "UPDATE event"
	    " SET hash = zeroblob(32) WHERE seq = 16384", 2 * PIECE },
	{ "faults in all pieces", "UPDATE event SET file = NULL"
	    " WHERE seq IN (24578, 20000, 9000, 8000)", 8000 },
	{ "faults in the last pieces", "UPDATE event SET file = NULL"
	    " WHERE seq IN (24578, 24577)", 3 * PIECE + 1 },
	{ "the end cut off", "DELETE FROM event WHERE seq > 10000", 10001 },
	{ "all cut off", "DELETE FROM event", 1 },
	{ "a row before the first", "INSERT INTO event (seq, type, ts_ms,"
	    " payload, hash) VALUES (-7, 'audit', 0, '{}', zeroblob(32))", 1 },
};

static void
run_sql(struct db *db, const char *sql)
{
	struct str rest = str(sql);

	db_begin(db, &store_err);
	while (rest.p)
		if (stmt_run(db_stmt_text(db, str_cut(&rest, ';')),
		    &store_err) != 0)
			printf("# %s\n", store_err.detail);
	if (db_commit(db, &store_err) != 0)
		printf("# %s\n", store_err.detail);
}

static void
test_threads(struct db *db)
{
	int64_t head = 0, told = 0;

	event_store_head(db, &head, &store_err);
	is_int(store_append(db, MANY - (int)head, &store_err), 0, "more rows");
	run_sql(db, "CREATE TABLE kept AS SELECT * FROM event");
	for (size_t i = 0; i < countof(pieces); i++) {
		struct chain_verdict one, many;

		if (pieces[i].sql)
			run_sql(db, pieces[i].sql);
		verify_threads = 1;
		one = verdict(db);
		verify_threads = 4;
		many = verdict(db);
		is_int(many.first_bad, pieces[i].first_bad, "%s: %s",
		    pieces[i].name, many.what);
		ok(one.first_bad == many.first_bad && one.rows == many.rows &&
		    !strcmp(one.what, many.what), "one thread finds the same");
		told += many.bytes;
		run_sql(db, "DELETE FROM event;"
		    "INSERT INTO event SELECT * FROM kept");
	}
	ok(told > 0, "bytes are counted");
	is_int(verdict(db).rows, MANY, "and all is well again");
}

/* -- seals -- */

static int
seal(struct db *db, int64_t first, int64_t last)
{
	struct event_seal s = { .first_seq = first, .last_seq = last,
	    .rows = last - first + 1, .sealed_ms = 1 };
	struct stmt *d;
	int rc;

	db_begin(db, &store_err);
	rc = chain_hash(db, last, &s.last_hash, &store_err) == 1 ?
	    event_seal_insert(db, &s, &store_err) : -1;
	d = db_stmt(db, "DELETE FROM event WHERE seq <= :last");
	stmt_bind_int(d, ":last", last);
	if (rc != 0 || stmt_run(d, &store_err) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, &store_err);
}

static void
bounds_are(struct db *db, int64_t oldest, int64_t head, const char *when)
{
	int64_t seq = -1;

	event_store_oldest(db, &seq, &store_err);
	is_int(seq, oldest, "oldest %s", when);
	event_store_head(db, &seq, &store_err);
	is_int(seq, head, "head %s", when);
}

static void
verdict_is(struct db *db, int64_t rows, int64_t sealed, int64_t bad)
{
	struct chain_verdict v = verdict(db);

	is_int(v.first_bad, bad, "first bad: %s", v.what);
	if (!bad)
		is_int(v.rows, rows, "rows");
	is_int(v.sealed, sealed, "sealed");
}

static void
test_seals(struct db *db)
{
	run_sql(db, "DROP TABLE kept; DELETE FROM event WHERE seq > 100;"
	    "UPDATE sqlite_sequence SET seq = 100 WHERE name = 'event'");
	is_int(seal(db, 1, 40), 0, "the first forty are sealed");
	verdict_is(db, 60, 40, 0);
	bounds_are(db, 41, 100, "of the rest");
	ok(seal(db, 40, 50) != 0, "not twice: %s", store_err.detail);
	ok(seal(db, 42, 50) != 0, "not with a hole");
	is_int(seal(db, 41, 41), 0, "one more");
	verdict_is(db, 59, 41, 0);
	run_sql(db, "UPDATE event SET op = 'x' WHERE seq = 42");
	verdict_is(db, 0, 41, 42);
	run_sql(db, "UPDATE event SET op = NULL WHERE seq = 42;"
	    "DELETE FROM event WHERE seq = 42");
	verdict_is(db, 0, 41, 42);
	is_int(seal(db, 42, 99), 0, "nearly all");
	verdict_is(db, 1, 99, 0);
	is_int(seal(db, 100, 100), 0, "all");
	verdict_is(db, 0, 100, 0);
	bounds_are(db, 0, 100, "of nothing");
	is_int(store_append(db, 2, &store_err), 0, "and on");
	bounds_are(db, 101, 102, "behind the seals");
	verdict_is(db, 2, 100, 0);
	run_sql(db, "DELETE FROM event_seal WHERE last_seq = 100");
	verdict_is(db, 0, 99, 100);
	run_sql(db, "INSERT INTO event_seal VALUES (100, 100, zeroblob(32), 1, 1)");
	verdict_is(db, 0, 100, 101);
	run_sql(db, "DELETE FROM event_seal WHERE last_seq = 41");
	verdict_is(db, 0, 99, 41);
}

int
main(void)
{
	struct db *db;

	store_begin();
	db = store_open();
	test_known_hash(db);
	test_rollback(db);
	test_writers(db);
	test_meddling(db);
	test_reading(db);
	test_threads(db);
	test_seals(db);
	db_close(db);
	store_end();
	return done_testing();
}
