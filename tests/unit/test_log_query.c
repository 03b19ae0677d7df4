/* Reading the log: filters, text taken literally, edges of time, pages. */
#include "store_fixture.h"

#include "ledger/log_query.h"
#include "ledger/patch_log.h"

#define T0 INT64_C(1700000000000)

static const struct patch_event rows[] = {
	{ .ts_ms = T0, .patch_id = STR("p1"), .batch_id = STR("b1"),
	    .file = STR("src/a_b.c"), .op = STR("append"),
	    .status = STR("applied"), .requester = STR("factory-x"),
	    .task_id = STR("t1"), .meta = STR("{\"key\":\"Va\\u006cue\"}") },
	{ .ts_ms = T0 + 1, .patch_id = STR("p2"), .batch_id = STR("b1"),
	    .file = STR("src/axb.c"), .op = STR("append"),
	    .status = STR("failed"), .error = STR("100% wrong"),
	    .task_id = STR("t2"), .meta = STR("{}") },
	{ .ts_ms = T0 + 2, .patch_id = STR("p3"), .batch_id = STR("b2"),
	    .file = STR("README.md"), .op = STR("create"),
	    .status = STR("applied"), .reason = STR("it's \"quoted\""),
	    .order_id = STR("o1"), .meta = STR("{\"n\":{\"m\":[4711]}}") },
	{ .ts_ms = T0 + 2, .patch_id = STR("p3"), .batch_id = STR("b2"),
	    .file = STR("README.md"), .op = STR("create"),
	    .status = STR("reverted"), .requester = STR("\xc3\x84rger"),
	    .order_id = STR("o1") },
};

static int
fill(struct db *db, const struct patch_event *p, size_t n)
{
	if (db_begin(db, &store_err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct patch_event row = p[i];
		struct event ev;

		if (!row.type)
			row.type = str_is(row.status, "failed") ?
			    EVENT_PATCH_FAILED : EVENT_PATCH_APPLIED;
		ev = patch_event_pack(store_arena, &row);
		if (event_store_append(db, &ev, &store_err) != 0)
			return -1;
		row.seq = ev.seq;
		if (patch_log_append(db, &row, false, &store_err) != 0)
			return -1;
	}
	return db_commit(db, &store_err);
}

#define ANY .from_ms = -1, .to_ms = -1, .limit = 100, .order = LOG_ASC

/* want: the ids found, one digit each, in order */
static const struct {
	const char *name, *want;
	struct log_query q;
} queries[] = {
	{ "everything", "1234", { ANY } },
	{ "newest first", "4321", { .from_ms = -1, .to_ms = -1,
	    .limit = 100 } },
	{ "file: _ is no wildcard", "1", { ANY, .file = STR("a_b") } },
	{ "file: % is no wildcard", "", { ANY, .file = STR("a%b") } },
	{ "file: * is no wildcard", "", { ANY, .file = STR("a*b") } },
	{ "file: part of the path", "12", { ANY, .file = STR("src/") } },
	{ "file: either case", "34", { ANY, .file = STR("readme.MD") } },
	{ "file: does not look elsewhere", "", { ANY, .file = STR("t1") } },
	{ "search: % is itself", "2", { ANY, .search = STR("%") } },
	{ "search: in error", "2", { ANY, .search = STR("100% W") } },
	{ "search: in file", "1", { ANY, .search = STR("a_b") } },
	{ "search: in op", "34", { ANY, .search = STR("creat") } },
	{ "search: in requester", "1", { ANY, .search = STR("factory-") } },
	{ "search: in reason, quotes", "3", { ANY,
	    .search = STR("'s \"q") } },
	{ "search: in meta, unescaped", "1", { ANY, .search = STR("value") } },
	{ "search: meta's keys are no values", "", { ANY,
	    .search = STR("key") } },
	{ "search: numbers deep in meta", "3", { ANY, .search = STR("471") } },
	{ "search: other letters exactly", "4", { ANY,
	    .search = STR("\xc3\x84RGER") } },
	{ "search: ä is not Ä", "", { ANY, .search = STR("\xc3\xa4rger") } },
	{ "search: SQL is text", "", { ANY,
	    .search = STR("' OR 1=1 --") } },
	{ "task_id", "2", { ANY, .task_id = STR("t2") } },
	{ "task_id: not a part of it", "", { ANY, .task_id = STR("t") } },
	{ "order_id", "34", { ANY, .order_id = STR("o1") } },
	{ "batch_id", "12", { ANY, .batch_id = STR("b1") } },
	{ "patch_id and status", "4", { ANY, .patch_id = STR("p3"),
	    .status = LOG_REVERTED } },
	{ "status", "13", { ANY, .status = LOG_APPLIED } },
	{ "a status that no row has", "", { ANY,
	    .status = LOG_NOT_APPLIED } },
	{ "type", "2", { ANY, .type = EVENT_PATCH_FAILED } },
	{ "requester: case counts", "", { ANY,
	    .requester = STR("Factory-x") } },
	{ "from is inside", "234", { .from_ms = T0 + 1, .to_ms = -1,
	    .limit = 9, .order = LOG_ASC } },
	{ "to is outside", "12", { .from_ms = -1, .to_ms = T0 + 2,
	    .limit = 9, .order = LOG_ASC } },
	{ "one millisecond", "2", { .from_ms = T0 + 1, .to_ms = T0 + 2,
	    .limit = 9, .order = LOG_ASC } },
	{ "an empty range", "", { .from_ms = T0 + 1, .to_ms = T0 + 1,
	    .limit = 9, .order = LOG_ASC } },
	{ "offset", "34", { ANY, .offset = 2 } },
	{ "after, ascending", "34", { ANY, .after_seq = 2 } },
	{ "after, descending", "1", { .from_ms = -1, .to_ms = -1, .limit = 9,
	    .after_seq = 2 } },
	{ "a snapshot hides what is newer", "12", { ANY,
	    .snapshot_seq = 2 } },
};

static void
test_queries(struct db *db)
{
	for (size_t i = 0; i < countof(queries); i++) {
		struct log_query q = queries[i].q;
		struct log_page page = { 0 };
		char got[20] = "";

		q.count = LOG_COUNT_EXACT;
		if (log_query_page(db, store_arena, &q, &page,
		    &store_err) != 0)
			printf("# %s\n", store_err.detail);
		for (size_t k = 0; k < page.n && k < 9; k++)
			got[k] = (char)('0' + page.rows[k].id);
		is_str(str(got), queries[i].want, "%s", queries[i].name);
		if (!q.offset && !q.after_seq)
			is_int(page.total, (long long)page.n, "and counted");
		ok(!page.has_more, "and no more");
	}
}

static void
test_round_trip(struct db *db)
{
	static const struct patch_event full = {
		.type = EVENT_PATCH_VALIDATED, .ts_ms = T0 + 10,
		.patch_id = STR("a"), .batch_id = STR("b"),
		.order_id = STR("c"), .task_id = STR("d"), .file = STR("e"),
		.op = STR("f"), .status = STR("g"), .requester = STR("h"),
		.reason = STR("i"), .branch = STR("j"), .phase = STR("k"),
		.workspace = STR("l"), .factory = STR("m"), .model = STR("n"),
		.ts_check_ok = TRI_FALSE, .diff_path = STR("o"),
		.meta = STR("{}"), .code = STR("p"), .error = STR("q"),
		.at = STR("r"), .before_sha256 = STR("s"),
		.after_sha256 = STR("t"), .lines_added = 1,
		.lines_removed = 0, .shift = -2, .duration_ms = -1,
	};
	struct patch_event *p;
	size_t n = 0;

	is_int(fill(db, &full, 1), 0, "a full row");
	log_of_patch(db, store_arena, STR("a"), &p, &n, &store_err);
	if (!is_int((long long)n, 1, "is found by its patch"))
		return;
	for (size_t at = offsetof(struct patch_event, patch_id);
	    at + sizeof(struct str) <= offsetof(struct patch_event, model);
	    at += sizeof(struct str))
		ok(str_eq(*(const struct str *)(const void *)
		    ((const char *)&full + at), *(struct str *)(void *)
		    ((char *)p + at)), "text at %zu", at);
	is_str(p->model, "n", "model");
	is_str(p->diff_path, "o", "diff_path");
	is_str(p->meta, "{}", "meta");
	is_str(p->code, "p", "code");
	is_str(p->error, "q", "error");
	is_str(p->at, "r", "at");
	is_str(p->before_sha256, "s", "before");
	is_str(p->after_sha256, "t", "after");
	is_int(p->type, EVENT_PATCH_VALIDATED, "type");
	is_int(p->ts_ms, T0 + 10, "time");
	is_int(p->ts_check_ok, TRI_FALSE, "ts_check_ok");
	is_int(p->lines_added, 1, "lines_added");
	is_int(p->lines_removed, 0, "lines_removed");
	is_int(p->shift, -2, "shift");
	is_int(p->duration_ms, -1, "no duration");
	log_of_batch(db, store_arena, STR("b2"), &p, &n, &store_err);
	is_int((long long)n, 2, "of a batch");
	is_int(p[0].ts_check_ok, 0, "a zero is kept as zero");
}

static void
test_refused(struct db *db)
{
	struct log_query q = { .limit = PAGE_MAX_ROWS + 1 };
	struct log_page page;

	ok(log_query_page(db, store_arena, &q, &page, &store_err) != 0,
	    "too large a page: %s", store_err.detail);
}

/* Walk by cursor while rows are added: none twice, none left out. */
static void
test_pages(struct db *db, int order)
{
	struct log_query q = { .from_ms = -1, .to_ms = -1, .limit = 7,
	    .order = order, .op = STR("page") };
	struct patch_event row = { .ts_ms = T0, .patch_id = STR("pp"),
	    .file = STR("f"), .op = STR("page"), .status = STR("applied") };
	struct patch_event many[50];
	struct log_page page;
	int64_t before = 0, seen = 0, last = 0;
	bool sorted = true;

	for (size_t i = 0; i < countof(many); i++)
		many[i] = row;
	fill(db, many, countof(many));
	stmt_one_int(db_stmt(db, "SELECT count(*) FROM event"
	    " WHERE op = 'page'"), &before, &store_err);
	do {
		if (log_query_page(db, store_arena, &q, &page,
		    &store_err) != 0)
			break;
		for (size_t i = 0; i < page.n; i++) {
			if (last && (order == LOG_ASC ?
			    page.rows[i].id <= last :
			    page.rows[i].id >= last))
				sorted = false;
			last = page.rows[i].id;
		}
		seen += (int64_t)page.n;
		q.snapshot_seq = page.snapshot_seq;
		q.after_seq = last;
		fill(db, &row, 1);
	} while (page.has_more);
	is_int(seen, before, "pages see each row of the snapshot once");
	ok(sorted, "in order");
	is_int(page.total, -1, "not counted unless asked for");
}

static void
test_deadline(struct db *db)
{
	int64_t n = 0, start = clock_mono_ms();
	static const char endless[] = "WITH RECURSIVE r (x) AS (SELECT 1"
	    " UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r";

	db_deadline_ms(db, 50);
	ok(stmt_one_int(db_stmt(db, endless), &n, &store_err) != 0 &&
	    store_err.kind == ERR_BUSY, "an endless query: %s",
	    store_err.detail);
	ok(clock_mono_ms() - start < 5000, "ends soon");
	is_int(store_append(db, 1, &store_err), 0, "writes are never cut");
	db_deadline_ms(db, 0);
	is_int(stmt_one_int(db_stmt(db, "SELECT count(*) FROM event"), &n,
	    &store_err), 0, "no limit any more");
}

int
main(void)
{
	struct db *db, *reader;

	store_begin();
	db = store_open();
	if (fill(db, rows, countof(rows)) != 0)
		bail_out(store_err.detail);
	reader = store_open_as(DB_RO, 1000);
	test_queries(reader);
	db_close(reader);
	test_round_trip(db);
	test_refused(db);
	test_pages(db, LOG_DESC);
	test_pages(db, LOG_ASC);
	test_deadline(db);
	db_close(db);
	store_end();
	return done_testing();
}
