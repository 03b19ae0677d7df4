#include "ledger/seal.h"

#include "base/hash.h"
#include "ledger/ledger.h"
#include "ledger/patch_log.h"
#include "store/event_store.h"

/* What a walk over old events has found. */
struct span {
	int64_t first, last;		/* seqs; last < first: none */
};

/* The last seq that is old, below which every event is, at most max events on;
 * an event of a batch that is not finished is not old. */
static int
old_until(struct db *db, const struct retention *r, int64_t from, int64_t max,
    int64_t *last, bool *end, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT e.seq, e.ts_ms < :cutoff AND"
	    " b.id IS NULL FROM event AS e LEFT JOIN patch_batch AS b"
	    " ON b.id = e.batch_id AND b.state = 'open'"
	    " WHERE e.seq >= :from ORDER BY e.seq LIMIT :max");
	int64_t n = 0;
	int rc;

	*last = from - 1;
	*end = false;
	stmt_bind_int(s, ":cutoff", r->cutoff_ms);
	stmt_bind_int(s, ":from", from);
	stmt_bind_int(s, ":max", max);
	while ((rc = stmt_step(s, e)) > 0) {
		if (!stmt_int(s, 1)) {
			stmt_reset(s);
			*end = true;
			return 0;
		}
		*last = stmt_int(s, 0);
		n++;
	}
	*end = n < max;
	return rc;
}

/* Down to the end of a block. */
static int64_t
block_end(int64_t seq)
{
	return (seq + 1) / POSTING_BLOCK * POSTING_BLOCK - 1;
}

int
retention_span(struct db *db, const struct retention *r, int64_t *first,
    int64_t *last, struct err *e)
{
	int64_t head;
	bool end = false;

	if (event_store_oldest(db, first, e) != 0 ||
	    event_store_head(db, &head, e) != 0)
		return -1;
	*last = *first - 1;
	while (*first > 0 && !end)
		if (old_until(db, r, *last + 1, 10000, last, &end, e) != 0)
			return -1;
	*last = block_end(*last);
	return 0;
}

static int
posting_drop(struct db *db, int64_t term, int64_t block, struct err *e)
{
	struct stmt *s = db_stmt(db, "DELETE FROM posting"
	    " WHERE term = :term AND block = :block");

	stmt_bind_int(s, ":term", term);
	stmt_bind_int(s, ":block", block);
	return stmt_run(s, e);
}

/* s has :first and :last, and finds terms. */
static int
found_postings_drop(struct db *db, struct stmt *s, int64_t block,
    struct arena *a, struct err *e)
{
	int64_t *terms = NULL;
	size_t n = 0;
	int rc;

	stmt_bind_int(s, ":first", block * POSTING_BLOCK);
	stmt_bind_int(s, ":last", block * POSTING_BLOCK + POSTING_BLOCK - 1);
	while ((rc = stmt_step(s, e)) > 0) {
		terms = rows_room(a, terms, n, sizeof(*terms));
		terms[n++] = stmt_int(s, 0);
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = posting_drop(db, terms[i], block, e);
	return rc;
}

/* The terms of a block's rows.  The block is named in each so that SQLite
 * walks the rows' key. */
#define COLUMN(name) "SELECT " name " FROM patch_log" \
	" WHERE id BETWEEN :first AND :last"

static int
column_postings_drop(struct db *db, int64_t block, struct arena *a,
    struct err *e)
{
	struct stmt *s = db_stmt(db, COLUMN("type") " UNION " COLUMN("status")
	    " UNION " COLUMN("file") " UNION " COLUMN("op") " UNION "
	    COLUMN("task") " UNION " COLUMN("\"order\"") " UNION "
	    COLUMN("requester") " UNION " COLUMN("reason") " UNION "
	    COLUMN("error") " UNION " COLUMN("phase") " UNION "
	    COLUMN("workspace"));

	return found_postings_drop(db, s, block, a, e);
}

/* Where a term is not posted any more. */
struct unposting { struct db *db; int64_t block; };

static int
unpost(void *ctx, enum term_field field, struct str text, int64_t *to,
    struct err *e)
{
	const struct unposting *at = ctx;
	int rc;

	*to = 0;
	if (!text.p)
		return 0;
	rc = term_find(at->db, field, text, to, e);
	return rc <= 0 ? rc : posting_drop(at->db, *to, at->block, e);
}

static int
row_unpost(struct db *db, int64_t id, struct arena *a, struct err *e)
{
	struct unposting at = { db, id / POSTING_BLOCK };
	struct patch_event p;
	struct event ev;
	struct log_row r;
	int rc = event_store_get(db, a, id, &ev, e);

	if (rc <= 0)
		return rc;
	if (patch_event_unpack(a, &ev, &p, e) != 0)
		return -1;
	return log_row_make(&p, &r, unpost, &at, e);
}

/* Rows whose payload names more terms: several files, values of meta.  They are
 * read as they were when they were posted. */
static int
payload_postings_drop(struct db *db, int64_t block, struct arena *a,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id FROM patch_log"
	    " WHERE id BETWEEN :first AND :last AND flags <> 0");
	int64_t ids[POSTING_BLOCK];
	size_t n = 0;
	int rc;

	stmt_bind_int(s, ":first", block * POSTING_BLOCK);
	stmt_bind_int(s, ":last", block * POSTING_BLOCK + POSTING_BLOCK - 1);
	while ((rc = stmt_step(s, e)) > 0)
		ids[n++] = stmt_int(s, 0);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = row_unpost(db, ids[i], a, e);
	return rc;
}

static int
postings_drop(struct db *db, const struct span *span, struct err *e)
{
	struct arena *a = arena_new();
	int rc = 0;

	for (int64_t b = span->first / POSTING_BLOCK;
	    rc == 0 && b <= span->last / POSTING_BLOCK; b++) {
		rc = column_postings_drop(db, b, a, e);
		if (rc == 0)
			rc = payload_postings_drop(db, b, a, e);
		arena_reset(a);
	}
	arena_free(a);
	return rc;
}

/* Everything that hangs on these events, and then they themselves. */
static int
rows_drop(struct db *db, const struct span *span, struct err *e)
{
	static const char *const drops[] = {
		"DELETE FROM patch_log WHERE id BETWEEN :first AND :last",
		"DELETE FROM patch_custody WHERE id BETWEEN :first AND :last",
		"DELETE FROM producer_event WHERE seq BETWEEN :first AND :last",
		"DELETE FROM log_day WHERE last_id <= :last AND :first > 0",
		"UPDATE log_day SET first_id = :last + 1"
		    " WHERE first_id BETWEEN :first AND :last",
		/* others of its events may be younger: with the last of them */
		"DELETE FROM patch_batch WHERE id IN (SELECT e.batch_id"
		    " FROM event AS e WHERE e.seq BETWEEN :first AND :last)"
		    " AND state <> 'open' AND NOT EXISTS (SELECT 1 FROM event"
		    " AS y WHERE y.batch_id = patch_batch.id"
		    " AND y.seq > :last)",
		"DELETE FROM event WHERE seq BETWEEN :first AND :last",
	};

	for (size_t i = 0; i < countof(drops); i++) {
		struct stmt *s = db_stmt(db, drops[i]);

		stmt_bind_int(s, ":first", span->first);
		stmt_bind_int(s, ":last", span->last);
		if (stmt_run(s, e) != 0)
			return -1;
	}
	return 0;
}

/* One seal for each run, which grows with its steps. */
static int
seal_put(struct db *db, const struct retention *r, const struct span *span,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE event_seal SET last_seq = :last,"
	    " last_hash = (SELECT hash FROM event WHERE seq = :last),"
	    " rows = rows + :rows WHERE last_seq = :before"
	    " AND sealed_at = :now");

	stmt_bind_int(s, ":last", span->last);
	stmt_bind_int(s, ":rows", span->last - span->first + 1);
	stmt_bind_int(s, ":before", span->first - 1);
	stmt_bind_int(s, ":now", r->run_ms);
	if (stmt_run(s, e) != 0)
		return -1;
	if (db_changes(db) > 0)
		return 0;
	s = db_stmt(db, "INSERT INTO event_seal (last_seq, first_seq,"
	    " last_hash, rows, sealed_at) SELECT :last, :first, hash, :rows,"
	    " :now FROM event WHERE seq = :last");
	stmt_bind_int(s, ":last", span->last);
	stmt_bind_int(s, ":first", span->first);
	stmt_bind_int(s, ":rows", span->last - span->first + 1);
	stmt_bind_int(s, ":now", r->run_ms);
	return stmt_run(s, e);
}

int
seal_step(struct db *db, const struct retention *r, int64_t max,
    int64_t *rows, struct err *e)
{
	struct span span;
	bool end;
	int behind;

	*rows = 0;
	/* what is made anew from the events needs them */
	behind = ledger_behind(db, e);
	if (behind != 0)
		return behind < 0 ? -1 : err_set(e, ERR_BUSY, "the log is "
		    "being made anew from its events");
	if (event_store_oldest(db, &span.first, e) != 0)
		return -1;
	if (span.first == 0)
		return 0;
	/* a block more than that, so that a step never ends in nothing */
	if (old_until(db, r, span.first, max + POSTING_BLOCK, &span.last, &end,
	    e) != 0)
		return -1;
	if (span.last > r->last_seq)
		span.last = r->last_seq;
	span.last = block_end(span.last);
	if (span.last < span.first)
		return 0;
	if (seal_put(db, r, &span, e) != 0 ||
	    postings_drop(db, &span, e) != 0 || rows_drop(db, &span, e) != 0)
		return -1;
	*rows = span.last - span.first + 1;
	return 0;
}
