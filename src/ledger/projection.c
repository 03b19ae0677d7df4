#include "ledger/projection.h"

#include "ledger/grams.h"
#include "ledger/ledger.h"
#include "ledger/outcome.h"
#include "ledger/packed_errors.h"
#include "ledger/patch_log.h"
#include "store/event_store.h"
#include "store/producer_event.h"

/* Events in one transaction: others get a turn in between. */
#define STEP_EVENTS	2000
/* Sums that are collected before they are written. */
#define KEPT_CELLS	50000

/* -1: complete. */
static int
projected_to(struct db *db, int64_t *seq, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT coalesce(max(CAST(value AS"
	    " INTEGER)), -1) FROM property WHERE key = 'projected_to'"), seq,
	    e);
}

static int
projected_set(struct db *db, int64_t seq, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO property (key, value)"
	    " VALUES ('projected_to', CAST(:seq AS TEXT)) ON CONFLICT"
	    " DO UPDATE SET value = excluded.value");

	stmt_bind_int(s, ":seq", seq);
	return stmt_run(s, e);
}

int
projection_ready(struct db *db, struct err *e)
{
	int64_t seq, head;

	if (projected_to(db, &seq, e) != 0)
		return -1;
	if (seq < 0)
		return 0;
	if (event_store_head(db, &head, e) != 0)
		return -1;
	return err_set(e, ERR_BUSY, "the log is being made anew, %lld of %lld "
	    "events so far; patchctl db migrate finishes it when nobody does",
	    (long long)seq, (long long)head);
}

static int
event_project(struct db *db, struct arena *a, const struct event *ev,
    struct err *e)
{
	struct patch_event p;
	int foreign;

	/* what we tell of an order ourselves is no event of it */
	if (!event_is_patch(ev->type))
		return event_may_be_published(ev->type) ?
		    phase_log_append(db, ev, e) : 0;
	foreign = producer_event_has(db, ev->seq, e);
	if (foreign < 0 || patch_event_unpack(a, ev, &p, e) != 0)
		return -1;
	/* the log goes by what the chain holds */
	p.patch_id = ev->patch_id;
	return patch_log_append(db, &p, foreign, e);
}

/* The next events; *seq moves on, and is -1 when there are no more. */
static int
step(struct db *db, struct arena *a, int64_t *seq, struct err *e)
{
	struct event *ev;
	size_t n;

	if (event_store_since(db, a, *seq, STEP_EVENTS, &ev, &n, e) != 0)
		return -1;
	/* in this transaction the events are appended, not passed over */
	ledger_of(db)->looked = true;
	ledger_of(db)->behind = false;
	if (packed_errors_convert(db, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (event_project(db, a, &ev[i], e) != 0)
			return -1;
	if (n < STEP_EVENTS) {
		*seq = -1;
		return stmt_run(db_stmt(db, "DELETE FROM property"
		    " WHERE key = 'projected_to'"), e);
	}
	*seq = ev[n - 1].seq;
	return projected_set(db, *seq, e);
}

static int
step_commit(struct db *db, struct arena *a, int64_t *seq, struct err *e)
{
	if (db_begin(db, e) != 0)
		return -1;
	/* another process may be at it, and further */
	if (projected_to(db, seq, e) != 0 ||
	    (*seq >= 0 && step(db, a, seq, e) != 0)) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int
projection_finish(struct db *db, const struct projection_progress *p,
    struct err *e)
{
	struct arena *a = arena_new();
	int64_t seq = 0, head = 0;
	int rc = projected_to(db, &seq, e);

	while (rc == 0 && seq >= 0) {
		rc = step_commit(db, a, &seq, e);
		if (rc == 0 && p && p->tell) {
			rc = event_store_head(db, &head, e);
			p->tell(p->ctx, seq < 0 ? head : seq, head);
		}
		arena_reset(a);
	}
	arena_free(a);
	return rc;
}

/* Outcomes of events that retention has removed cannot be made anew: they are
 * counted as they are. */
static int
count_kept(struct db *db, int64_t oldest, struct err *e)
{
	struct tally *t = &ledger_of(db)->tally;
	struct stmt *s = db_stmt(db, "SELECT " OUTCOME_COLUMNS
	    " FROM patch_outcome AS o /* whole table: all are counted */"
	    " WHERE o.id < :oldest ORDER BY o.created_at, o.id");
	int rc;

	stmt_bind_int(s, ":oldest", oldest);
	while ((rc = stmt_step(s, e)) > 0) {
		struct outcome o = outcome_read(s);

		tally_outcome(t, &o, 1);
		if (t->n_cells > KEPT_CELLS && tally_write(db, t, e) != 0) {
			stmt_reset(s);
			return -1;
		}
	}
	return rc;
}

/* Terms stay: their numbers are remembered by others. */
static int
empty(struct db *db, struct err *e)
{
	static const char *const tables[] = {
		"DELETE FROM patch_log", "DELETE FROM posting",
		"DELETE FROM log_day", "DELETE FROM rollup",
		"DELETE FROM work_item", "DELETE FROM work_cell",
	};
	int64_t oldest, head;
	struct stmt *s;

	for (size_t i = 0; i < countof(tables); i++)
		if (stmt_run(db_stmt(db, tables[i]), e) != 0)
			return -1;
	if (event_store_oldest(db, &oldest, e) != 0 ||
	    event_store_head(db, &head, e) != 0)
		return -1;
	if (oldest == 0)
		oldest = head + 1;
	s = db_stmt(db, "DELETE FROM patch_outcome"
	    " /* whole table: they are made anew */ WHERE id >= :oldest");
	stmt_bind_int(s, ":oldest", oldest);
	if (stmt_run(s, e) != 0)
		return -1;
	ledger_forget(ledger_of(db));
	if (oldest > 1 && count_kept(db, oldest, e) != 0)
		return -1;
	return projected_set(db, 0, e);
}

int
projection_rebuild(struct db *db, const struct projection_progress *p,
    struct err *e)
{
	if (db_begin(db, e) != 0)
		return -1;
	if (empty(db, e) != 0) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db, e) != 0 || projection_finish(db, p, e) != 0)
		return -1;
	return grams_mend(db, e);
}
