/* The errors of a bucket as they are packed, and the most frequent of a range,
 * against plain sums.  PW_SEED repeats a run. */
#include "stat_oracle.h"

#include "ledger/packed_errors.h"
#include "ledger/top_errors.h"

#define TERMS	1200
#define ROUNDS	300
#define DAYS	80
#define QUARTER	900000
#define DAY	96	/* quarters */

static int bad;

static void
differ(const char *what, long long at)
{
	bad++;
	printf("# %s differ at %lld\n", what, at);
}

/* -- one bucket -- */

static struct str
pack_all(const int64_t *n)
{
	static struct packed_cell cells[TERMS];
	struct buf out = BUF_INIT(MIB(1));
	struct str text;
	size_t k = 0;

	for (int64_t t = 1; t < TERMS; t++)
		if (n[t])
			cells[k++] = (struct packed_cell){ .k1 = t * t,
			    .n.failed = n[t] };
	if (packed_errors_add(STR(""), cells, k, &out, &store_err) != 0)
		bail_out(store_err.detail);
	text = arena_str(store_arena, buf_str(&out));
	buf_free(&out);
	return text;
}

static void
unpack(struct str text, int64_t *n)
{
	struct packed p = { .rest = text };
	struct packed_group g;
	int64_t before = INT64_MAX, term;

	while (packed_group(&p, &g)) {
		if (g.n >= before)
			differ("orders of groups", g.n);
		before = g.n;
		while (packed_term(&g.terms, &term))
			for (int64_t t = 1; t < TERMS; t++)
				n[t] += t * t == term ? g.n : 0;
	}
	if (p.rest.len)
		differ("ends", (long long)p.rest.len);
}

/* Some more and some less of them, never less than nothing. */
static size_t
any_cells(int64_t *n, struct packed_cell *cells)
{
	int64_t step = 1 + any_below(TERMS / 4);
	size_t k = 0;

	for (int64_t t = 1 + any_below(step); t < TERMS; t += 1 +
	    any_below(step)) {
		int64_t more = any_below(4) == 0 ? -any_below(n[t] + 1) :
		    1 + any_below(any_below(9) + 1);

		n[t] += more;
		cells[k++] = (struct packed_cell){ .k1 = t * t,
		    .n.failed = more };
	}
	return k;
}

static void
test_bucket(void)
{
	static struct packed_cell cells[TERMS];
	static int64_t n[TERMS], got[TERMS];
	struct str text = STR("");

	for (int i = 0; i < ROUNDS; i++) {
		struct buf out = BUF_INIT(MIB(1));
		size_t k = any_cells(n, cells);

		if (packed_errors_add(text, cells, k, &out, &store_err) != 0)
			bail_out(store_err.detail);
		text = arena_str(store_arena, buf_str(&out));
		buf_free(&out);
		if (!str_eq(text, pack_all(n)))
			differ("bytes", i);
	}
	unpack(text, got);
	for (int t = 0; t < TERMS; t++)
		if (n[t] != got[t])
			differ("sums", t);
	is_int(bad, 0, "what is added bit by bit is the same bytes");
}

static void
test_damage(void)
{
	static const struct { const char *name, *text; size_t len; } rows[] = {
		{ "a group without its terms", "\2", 1 },
		{ "a group that is longer than the bucket", "\2\3\1\1", 4 },
		{ "a term that does not end", "\2\2\1\x81", 4 },
		{ "a number that does not end", "\x81", 1 },
		{ "errors that were there no time", "\0\1\1", 3 },
	};
	const struct packed_cell one = { .k1 = 7, .n.failed = 1 };
	const struct packed_cell less = { .k1 = 7, .n.failed = -1 };
	const struct packed_cell good = { .k1 = 7, .n = { 1, 1, 0 } };
	struct buf out = BUF_INIT(KIB(1));

	for (size_t i = 0; i < countof(rows); i++) {
		buf_reset(&out);
		is_int(packed_errors_add(str_n(rows[i].text, rows[i].len),
		    &one, 1, &out, &store_err), -1, "%s", rows[i].name);
		is_int(store_err.kind, ERR_STORE_FAILED, "is damage");
	}
	is_int(packed_errors_add(STR(""), &less, 1, &out, &store_err), -1,
	    "less than nothing is refused");
	is_int(packed_errors_add(STR(""), &good, 1, &out, &store_err), -1,
	    "no error is applied");
	buf_reset(&out);
	is_int(packed_errors_add(STR("\1\1\7"), &less, 1, &out, &store_err), 0,
	    "the last one is taken away");
	is_int((long long)out.len, 0, "and nothing is left");
	buf_free(&out);
}

/* -- a range -- */

/* By quarter of an hour; a term below TERMS, and whose it is. */
static uint8_t plain[DAYS * DAY][2][TERMS];

/* All are equal; some are frequent; some are, and others on some days. */
static int64_t
any_term(int kind, int64_t quarter)
{
	int64_t day = quarter / DAY;

	if (kind == 0 || any_below(3) == 0)
		return 1 + any_below(TERMS - 1);
	if (kind == 1 || any_below(4))
		return 1 + any_below(1 + any_below(1 + any_below(60)));
	return 1 + (day * day * 37 + any_below(30)) % (TERMS - 1);
}

static void
fill(struct db *db, int kind, int n)
{
	struct tally t = { 0 };

	db_begin(db, &store_err);
	if (stmt_run(db_stmt(db, "DELETE FROM rollup"), &store_err) != 0)
		bail_out(store_err.detail);
	memset(plain, 0, sizeof(plain));
	for (int i = 0; i < n; i++) {
		int64_t at = any_below(DAYS * DAY), by = any_below(2);
		struct outcome o = { .created_ms = at * QUARTER + 1,
		    .kind = OUTCOME_FAILED, .error = any_term(kind, at),
		    .requester = by + 1, .workspace = 3 };

		if (plain[at][by][o.error] == UINT8_MAX)
			continue;
		plain[at][by][o.error]++;
		tally_outcome(&t, &o, 1);
	}
	if (tally_write(db, &t, &store_err) != 0 ||
	    db_commit(db, &store_err) != 0)
		bail_out(store_err.detail);
	tally_free(&t);
}

/* How often each was there, from < to quarters; requester 0: any. */
static void
count(int64_t from, int64_t to, int64_t requester, int64_t *n)
{
	memset(n, 0, TERMS * sizeof(*n));
	for (int64_t q = from; q < to; q++)
		for (int by = 0; by < 2; by++)
			for (int t = 1; t < TERMS; t++)
				if (!requester || requester == by + 1)
					n[t] += plain[q][by][t];
}

static void
range_check(struct db *db, int64_t from, int64_t to, int64_t requester)
{
	static int64_t n[TERMS];
	const struct stat_filter f = { requester, 0 };
	const int64_t range[2] = { from * QUARTER, to * QUARTER };
	struct error_list got;

	if (db_read_begin(db, &store_err) != 0 || top_errors(db, &f, range,
	    &got, &store_err) != 0)
		bail_out(store_err.detail);
	db_read_end(db);
	count(from, to, requester, n);
	for (size_t i = 0; i < ERRORS_MAX; i++) {
		int best = 0;

		for (int t = 1; t < TERMS; t++)
			if (n[t] > n[best])
				best = t;
		if (best == 0 ? got.n != i : got.n <= i ||
		    got.rows[i].key != best || got.rows[i].n != n[best])
			differ("lists", (long long)i);
		if (best == 0)
			return;
		n[best] = 0;
	}
}

static void
test_ranges(struct db *db)
{
	static const int sizes[] = { 40, 3000, 60000 };

	for (int kind = 0; kind < 3; kind++)
		for (size_t k = 0; k < countof(sizes); k++) {
			bad = 0;
			fill(db, kind, sizes[k]);
			range_check(db, 0, DAYS * DAY, 0);
			for (int i = 0; i < 12; i++) {
				int64_t from = any_below(DAYS * DAY);

				/* by requester no quarters are kept */
				range_check(db, from, from + any_below(
				    DAYS * DAY - from + 1), 0);
				from -= from % DAY;
				range_check(db, from, DAYS * DAY, 1);
			}
			is_int(bad, 0, "kind %d, %d errors: the most frequent "
			    "are those of plain sums", kind, sizes[k]);
		}
}

int
main(void)
{
	struct db *db;

	oracle_begin();
	store_begin();
	test_bucket();
	test_damage();
	db = store_open();
	test_ranges(db);
	db_close(db);
	store_end();
	return done_testing();
}
