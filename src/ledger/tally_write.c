#include "ledger/rollup.h"

static void
bind_counts(struct stmt *s, const struct counts *n)
{
	stmt_bind_int(s, ":ok", n->ok);
	stmt_bind_int(s, ":failed", n->failed);
	stmt_bind_int(s, ":reverted", n->reverted);
}

#define ADD_COUNTS " DO UPDATE SET ok = ok + excluded.ok," \
	" failed = failed + excluded.failed," \
	" reverted = reverted + excluded.reverted"

static int
rollup_add(struct db *db, const struct cell *c, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO rollup (facet, grain,"
	    " bucket, requester, workspace, k1, k2, ok, failed, reverted)"
	    " VALUES (:facet, :grain, :bucket, :requester, :workspace, :k1,"
	    " :k2, :ok, :failed, :reverted) ON CONFLICT" ADD_COUNTS);

	stmt_bind_int(s, ":facet", c->key[0]);
	stmt_bind_int(s, ":grain", c->key[1]);
	stmt_bind_int(s, ":bucket", c->key[2]);
	stmt_bind_int(s, ":requester", c->key[3]);
	stmt_bind_int(s, ":workspace", c->key[4]);
	stmt_bind_int(s, ":k1", c->key[5]);
	stmt_bind_int(s, ":k2", c->key[6]);
	bind_counts(s, &c->n);
	return stmt_run(s, e);
}

static int
work_cell_add(struct db *db, const struct cell *c, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO work_cell (term, grain,"
	    " bucket, ok, failed, reverted) VALUES (:term, :grain, :bucket,"
	    " :ok, :failed, :reverted) ON CONFLICT" ADD_COUNTS);

	stmt_bind_int(s, ":term", c->key[5]);
	stmt_bind_int(s, ":grain", c->key[1]);
	stmt_bind_int(s, ":bucket", c->key[2]);
	bind_counts(s, &c->n);
	return stmt_run(s, e);
}

static int
work_item_add(struct db *db, const struct work *w, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO work_item (term, field,"
	    " first_at, last_at, last_id, ok, failed, reverted) VALUES"
	    " (:term, :field, :first_at, :last_at, :last_id, :ok, :failed,"
	    " :reverted) ON CONFLICT DO UPDATE SET"
	    " first_at = min(coalesce(first_at, excluded.first_at),"
	    " coalesce(excluded.first_at, first_at)),"
	    " last_at = max(coalesce(last_at, excluded.last_at),"
	    " coalesce(excluded.last_at, last_at)),"
	    " last_id = max(last_id, excluded.last_id),"
	    " ok = ok + excluded.ok, failed = failed + excluded.failed,"
	    " reverted = reverted + excluded.reverted");

	stmt_bind_int(s, ":term", w->term);
	stmt_bind_int(s, ":field", w->field);
	if (w->timed) {
		stmt_bind_int(s, ":first_at", w->first_ms);
		stmt_bind_int(s, ":last_at", w->last_ms);
	}
	stmt_bind_int(s, ":last_id", w->last_id);
	bind_counts(s, &w->n);
	return stmt_run(s, e);
}

static int
log_day_add(struct db *db, const struct day *d, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO log_day (day, first_id,"
	    " last_id) VALUES (:day, :first_id, :last_id) ON CONFLICT"
	    " DO UPDATE SET first_id = min(first_id, excluded.first_id),"
	    " last_id = max(last_id, excluded.last_id)");

	stmt_bind_int(s, ":day", d->day);
	stmt_bind_int(s, ":first_id", d->first_id);
	stmt_bind_int(s, ":last_id", d->last_id);
	return stmt_run(s, e);
}

/* A cell without anything in it is as good as none. */
static int
drop_empty(struct db *db, const struct cell *c, struct err *e)
{
	struct stmt *s;

	if (c->key[0] == 0) {
		s = db_stmt(db, "DELETE FROM work_cell WHERE term = :term"
		    " AND grain = :grain AND bucket = :bucket"
		    " AND ok = 0 AND failed = 0 AND reverted = 0");
		stmt_bind_int(s, ":term", c->key[5]);
	} else {
		s = db_stmt(db, "DELETE FROM rollup WHERE facet = :facet"
		    " AND grain = :grain AND bucket = :bucket"
		    " AND requester = :requester AND workspace = :workspace"
		    " AND k1 = :k1 AND k2 = :k2"
		    " AND ok = 0 AND failed = 0 AND reverted = 0");
		stmt_bind_int(s, ":facet", c->key[0]);
		stmt_bind_int(s, ":requester", c->key[3]);
		stmt_bind_int(s, ":workspace", c->key[4]);
		stmt_bind_int(s, ":k1", c->key[5]);
		stmt_bind_int(s, ":k2", c->key[6]);
	}
	stmt_bind_int(s, ":grain", c->key[1]);
	stmt_bind_int(s, ":bucket", c->key[2]);
	return stmt_run(s, e);
}

static int
cell_write(struct db *db, const struct cell *c, bool less, struct err *e)
{
	int rc = 0;

	if (c->n.ok || c->n.failed || c->n.reverted)
		rc = c->key[0] == 0 ? work_cell_add(db, c, e) :
		    rollup_add(db, c, e);
	return rc == 0 && less ? drop_empty(db, c, e) : rc;
}

int
tally_write(struct db *db, struct tally *t, struct err *e)
{
	for (size_t i = 0; t->n_cells && i < t->room; i++)
		if (t->cells[i].used &&
		    cell_write(db, &t->cells[i], t->less, e) != 0)
			return -1;
	for (size_t i = 0; i < t->n_work; i++)
		if (work_item_add(db, &t->work[i], e) != 0)
			return -1;
	for (size_t i = 0; i < t->n_days; i++)
		if (log_day_add(db, &t->days[i], e) != 0)
			return -1;
	tally_clear(t);
	return 0;
}
