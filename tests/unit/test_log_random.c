/* The log's filters, searches and pages against a plain loop over all rows, for
 * random rows and questions; and with so little time that each page is cut.
 * PATCHWARDEN_SEED repeats a run. */
#include "store_fixture.h"

#include "json/json_reader.h"
#include "ledger/log_query.h"
#include "ledger/log_walk.h"
#include "ledger/patch_log.h"

#define ROWS 3000
#define ROUNDS 160

static struct patch_event all[ROWS + 1];	/* by id */
static uint64_t seed;
static int bad;

static int64_t
below(int64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int64_t)((seed >> 33) % (uint64_t)n);
}

/* Pieces of which texts and needles are made. */
static const char *const pieces[] = { "src", "/", "a", "B", "ab", "_", "%",
	"*", "\"", "'", "\xc3\x84", "\xc3\xa4", "\xe2\x82\xac", ".c", " ", "Foo",
	"foo", "7", "42", "-", "\\", "zq", "\xf0\x9f\x98\x80", "long word", "\t",
	"\x01", "e" };

static struct str
any_text(int most)
{
	struct str s = STR("");

	for (int64_t n = 1 + below(most); n > 0; n--)
		s = arena_fmt(store_arena, "%.*s%s", STR_ARG(s),
		    pieces[below(countof(pieces))]);
	return s;
}

static struct str
any_of(const char *prefix, int n)
{
	return below(8) == 0 ? STR_NONE : arena_fmt(store_arena, "%s%d",
	    prefix, (int)below(n));
}

static struct str
quoted(struct str s)
{
	struct buf out = BUF_INIT(KIB(8));
	struct str text;

	json_quote(&out, s);
	text = arena_str(store_arena, buf_str(&out));
	buf_free(&out);
	return text;
}

static struct patch_event
any_row(void)
{
	static const enum event_type types[] = { EVENT_PATCH_REQUESTED,
	    EVENT_PATCH_APPLIED, EVENT_PATCH_FAILED };
	static const char *const statuses[] = { "requested", "applied",
	    "failed" };
	size_t k = (size_t)below(3);
	struct patch_event p;

	contract_defaults(&patch_event_contract, &p);
	p.type = types[k];
	p.status = str(statuses[k]);
	p.ts_ms = 1700000000000 + below(40) * 3600000 + below(1000);
	p.patch_id = arena_fmt(store_arena, "p%d", (int)below(900));
	p.batch_id = any_of("b", 200);
	p.order_id = any_of("o", 12);
	p.task_id = any_of("t", 400);
	p.requester = any_of("w", 5);
	p.phase = any_of("h", 3);
	p.op = any_of("op", 4);
	p.workspace = any_of("ws", 2);
	p.file = below(9) ? any_text(4) : STR_NONE;
	p.reason = below(3) ? any_text(6) : STR_NONE;
	p.error = k == 2 ? any_text(5) : STR_NONE;
	if (below(6) == 0) {
		struct str text = quoted(any_text(3));

		p.meta = arena_fmt(store_arena, "{\"key\":[%.*s,%d,{\"x\":"
		    "4.5e3}],\"n\":null}", STR_ARG(text), (int)below(99));
	}
	if (below(7) == 0) {
		p.n_files = 2;
		p.files = arena_array_of(store_arena, struct str, 2);
		p.files[0] = p.file.p ? p.file : STR("none");
		p.files[1] = any_text(4);
	}
	return p;
}

static void
fill(struct db *db)
{
	db_begin(db, &store_err);
	for (int i = 1; i <= ROWS; i++) {
		struct patch_event p = any_row();
		struct event ev = patch_event_pack(store_arena, &p);

		if (event_store_append(db, &ev, &store_err) != 0)
			bail_out(store_err.detail);
		p.seq = ev.seq;
		if (patch_log_append(db, &p, false, &store_err) != 0)
			bail_out(store_err.detail);
		all[i] = p;
	}
	if (db_commit(db, &store_err) != 0)
		bail_out(store_err.detail);
}

/* -- the same, told simply -- */

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
has(struct str s, struct str needle)
{
	for (size_t i = 0; s.p && i + needle.len <= s.len; i++) {
		size_t k = 0;

		while (k < needle.len && small(s.p[i + k]) ==
		    small(needle.p[k]))
			k++;
		if (k == needle.len)
			return true;
	}
	return false;
}

static bool
meta_has(const struct json *n, struct str needle)
{
	if (json_kind(n) == JSON_OBJECT)
		for (json_each(it, n))
			if (meta_has(it.value, needle))
				return true;
	if (json_kind(n) == JSON_ARRAY)
		for (size_t i = 0; i < json_count(n); i++)
			if (meta_has(json_item(n, i), needle))
				return true;
	if (json_kind(n) == JSON_STRING)
		return has(json_as_str(n), needle);
	if (json_kind(n) == JSON_INT || json_kind(n) == JSON_DOUBLE)
		return has(json_text(n, store_arena), needle);
	return false;
}

static bool
file_has(const struct patch_event *p, struct str needle)
{
	for (size_t i = 0; i < p->n_files; i++)
		if (has(p->files[i], needle))
			return true;
	return has(p->file, needle);
}

static bool
search_has(const struct patch_event *p, struct str needle)
{
	struct json_doc *doc;
	bool found;

	if (file_has(p, needle) || has(p->op, needle) ||
	    has(p->requester, needle) || has(p->reason, needle) ||
	    has(p->error, needle))
		return true;
	if (!p->meta.p || json_parse(p->meta, store_arena, &doc, NULL) != 0)
		return false;
	found = meta_has(json_root(doc), needle);
	json_doc_free(doc);
	return found;
}

static bool
equal(struct str want, struct str s)
{
	return !want.p || (s.p && str_eq(want, s));
}

static bool
takes(const struct log_query *q, const struct patch_event *p)
{
	return equal(q->task_id, p->task_id) &&
	    equal(q->order_id, p->order_id) &&
	    equal(q->requester, p->requester) && equal(q->phase, p->phase) &&
	    equal(q->op, p->op) && equal(q->workspace, p->workspace) &&
	    equal(q->batch_id, p->batch_id) &&
	    equal(q->patch_id, p->patch_id) &&
	    (!q->type || q->type == (int)p->type) &&
	    (!q->status || str_is(p->status, log_statuses[q->status])) &&
	    (q->from_ms < 0 || p->ts_ms >= q->from_ms) &&
	    (q->to_ms < 0 || p->ts_ms < q->to_ms) &&
	    (!q->file.p || file_has(p, q->file)) &&
	    (!q->search.p || search_has(p, q->search));
}

static size_t
plain_loop(const struct log_query *q, int64_t *ids)
{
	size_t n = 0;

	for (int64_t i = 1; i <= ROWS; i++) {
		int64_t id = q->order == LOG_ASC ? i : ROWS + 1 - i;

		if (takes(q, &all[id]))
			ids[n++] = id;
	}
	return n;
}

/* -- questions -- */

static struct log_query
any_query(void)
{
	struct log_query q = { .from_ms = -1, .to_ms = -1,
	    .limit = 1 + below(60), .order = (int)below(2),
	    .count = LOG_COUNT_EXACT };
	const struct patch_event *p = &all[1 + below(ROWS)];

	if (below(4) == 0)
		q.task_id = p->task_id;
	if (below(4) == 0)
		q.order_id = p->order_id;
	if (below(4) == 0)
		q.requester = p->requester;
	if (below(5) == 0)
		q.phase = p->phase;
	if (below(5) == 0)
		q.op = p->op;
	if (below(6) == 0)
		q.workspace = STR("ws0");
	if (below(12) == 0)
		q.batch_id = p->batch_id;
	if (below(12) == 0)
		q.patch_id = p->patch_id;
	if (below(5) == 0)
		q.type = EVENT_PATCH_APPLIED;
	if (below(5) == 0)
		q.status = LOG_FAILED;
	if (below(3) == 0)
		q.from_ms = all[1 + below(ROWS)].ts_ms;
	if (below(3) == 0)
		q.to_ms = all[1 + below(ROWS)].ts_ms;
	if (below(3) == 0)
		q.file = any_text(2);
	if (below(2) == 0)
		q.search = any_text(3);
	if (below(20) == 0)
		q.requester = STR("nobody");
	q.offset = below(4) ? 0 : below(80);
	return q;
}

static void
differ(const struct log_query *q, const char *what, long long at)
{
	bad++;
	printf("# %s differ at %lld: task=%.*s order=%.*s requester=%.*s"
	    " phase=%.*s op=%.*s batch=%.*s patch=%.*s type=%d status=%d"
	    " from=%lld to=%lld file=%.*s search=%.*s offset=%lld limit=%lld"
	    " %s\n", what, at, STR_ARG(q->task_id), STR_ARG(q->order_id),
	    STR_ARG(q->requester), STR_ARG(q->phase), STR_ARG(q->op),
	    STR_ARG(q->batch_id), STR_ARG(q->patch_id), q->type, q->status,
	    (long long)q->from_ms, (long long)q->to_ms, STR_ARG(q->file),
	    STR_ARG(q->search), (long long)q->offset, (long long)q->limit,
	    q->order == LOG_ASC ? "asc" : "desc");
}

/* All pages, one behind the other; how many were cut. */
static int
walk(struct db *db, struct log_query q, const int64_t *want, size_t n)
{
	struct log_query asked = q;
	size_t at = (size_t)q.offset < n ? (size_t)q.offset : n;
	struct log_page page;
	int cuts = 0, pages = 0;

	do {
		if (log_query_page(db, store_arena, &q, &page,
		    &store_err) != 0)
			bail_out(store_err.detail);
		if (!page.total_cut && page.total != (int64_t)n)
			differ(&asked, "totals", page.total);
		for (size_t i = 0; i < page.n; i++, at++)
			if (at >= n || page.rows[i].id != want[at]) {
				differ(&asked, "rows", (long long)at);
				return cuts;
			}
		cuts += page.cut;
		q.cursor = log_cursor_text(store_arena, &page);
		if (log_cursor_parse(&q, &store_err) != 0)
			bail_out(store_err.detail);
	} while (page.has_more && pages++ < 20000);
	if (at != n)
		differ(&asked, "ends", (long long)at);
	return cuts;
}

/* One walk over several transactions, as exports make it. */
static void
walk_paused(struct db *db, const struct log_query *q, const int64_t *want,
    size_t n)
{
	struct log_walk *w = NULL;
	size_t at = 0;
	int rc = 1;

	while (rc > 0) {
		int64_t id = 0, rows = 1 + below(400);

		if (db_read_begin(db, &store_err) != 0 ||
		    (!w && log_walk_open(db, q, ROWS, &w, &store_err) != 0))
			bail_out(store_err.detail);
		log_walk_time(w, below(3) ? 2000 : 0);
		while (rows-- > 0 && (rc = log_walk_next(w, &id,
		    &store_err)) > 0 && at < n && id == want[at])
			at++;
		if (rc > 0 && rows >= 0)
			break;
		if (rc == 0 && log_walk_cut(w))
			rc = 1;
		log_walk_pause(w);
		db_read_end(db);
	}
	log_walk_close(w);
	db_read_end(db);
	if (rc != 0 || at != n)
		differ(q, "paused walks", (long long)at);
}

static int
rounds(struct db *db, int n, const struct log_limits *limits)
{
	static int64_t want[ROWS];
	int cuts = 0;

	log_limits_set(limits);
	for (int i = 0; i < n && bad < 5; i++) {
		struct log_query q = any_query();
		size_t found = plain_loop(&q, want);

		cuts += walk(db, q, want, found);
		walk_paused(db, &q, want, found);
	}
	log_limits_set(NULL);
	return cuts;
}

int
main(void)
{
	/* terms are looked for early; every page ends after its first step */
	static const struct log_limits early = { 2000, 2000, 5, 50, 60, 20, 2 };
	static const struct log_limits late = { 2000, 2000, 1 << 20, 1, 1, 1, 3 };
	static const struct log_limits hasty = { 0, 0, 40, 200, 300, 5, 1 };
	const char *given = getenv("PATCHWARDEN_SEED");
	struct db *db;

	seed = given ? strtoull(given, NULL, 10) : getenv("CI") ? 1 :
	    (uint64_t)clock_mono_us();
	printf("# PATCHWARDEN_SEED=%llu\n", (unsigned long long)seed);
	store_begin();
	db = store_open();
	fill(db);
	is_int(rounds(db, ROUNDS, NULL), 0, "no page is cut");
	rounds(db, ROUNDS, &early);
	rounds(db, ROUNDS / 2, &late);
	ok(rounds(db, ROUNDS / 2, &hasty) > 100, "without time pages are cut");
	is_int(bad, 0, "rows, order and totals are those of a plain loop");
	db_close(db);
	store_end();
	return done_testing();
}
