#include <stdlib.h>

#include "ledger/packed_errors.h"

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

static void
bind_bucket(struct stmt *s, const int64_t *key)
{
	stmt_bind_int(s, ":facet", key[0]);
	stmt_bind_int(s, ":grain", key[1]);
	stmt_bind_int(s, ":bucket", key[2]);
	stmt_bind_int(s, ":requester", key[3]);
	stmt_bind_int(s, ":workspace", key[4]);
}

int
tally_put(struct db *db, const int64_t *key, struct str cells,
    struct err *e)
{
	struct stmt *s;

	if (cells.len == 0) {
		s = db_stmt(db, "DELETE FROM rollup WHERE facet = :facet"
		    " AND grain = :grain AND bucket = :bucket"
		    " AND requester = :requester AND workspace = :workspace");
		bind_bucket(s, key);
		return stmt_run(s, e);
	}
	s = db_stmt(db, "INSERT INTO rollup (facet, grain, bucket, requester,"
	    " workspace, cells) VALUES (:facet, :grain, :bucket, :requester,"
	    " :workspace, :cells) ON CONFLICT DO UPDATE SET"
	    " cells = excluded.cells");
	bind_bucket(s, key);
	stmt_bind_blob(s, ":cells", cells);
	return stmt_run(s, e);
}

struct bucket_writer { struct db *db; struct buf room; };

static int
bucket_add(void *ctx, const int64_t *key, const struct packed_cell *cells,
    size_t n, struct err *e)
{
	struct bucket_writer *w = ctx;
	struct buf *room = &w->room;
	struct db *db = w->db;
	struct stmt *s = db_stmt(db, "SELECT cells FROM rollup"
	    " WHERE facet = :facet AND grain = :grain AND bucket = :bucket"
	    " AND requester = :requester AND workspace = :workspace");
	int rc;

	buf_reset(room);
	bind_bucket(s, key);
	rc = stmt_step(s, e);
	if (rc >= 0)
		rc = packed_adder_of(key[0])(rc > 0 ? stmt_str(s, 0) :
		    STR(""), cells, n, room, e);
	stmt_reset(s);
	return rc < 0 ? -1 : tally_put(db, key, buf_str(room), e);
}

int
tally_add(struct db *db, const int64_t *key, const struct packed_cell *cells,
    size_t n, struct err *e)
{
	struct bucket_writer w = { db, BUF_INIT(BUCKET_MAX_BYTES) };
	int rc = bucket_add(&w, key, cells, n, e);

	buf_free(&w.room);
	return rc;
}

static int
by_key(const void *a, const void *b)
{
	const struct cell *const *x = a, *const *y = b;

	for (size_t i = 0; i < 7; i++)
		if ((*x)->key[i] != (*y)->key[i])
			return (*x)->key[i] < (*y)->key[i] ? -1 : 1;
	return 0;
}

int
tally_buckets(const struct tally *t, tally_bucket *take, void *ctx,
    struct err *e)
{
	const struct cell **cells = calloc(t->n_cells + 1, sizeof(*cells));
	struct packed_cell *same = calloc(t->n_cells + 1, sizeof(*same));
	size_t n = 0;
	int rc = 0;

	if (!cells || !same)
		abort();
	for (size_t i = 0; t->n_cells && i < t->room; i++)
		if (t->cells[i].used && t->cells[i].key[0] != 0)
			cells[n++] = &t->cells[i];
	qsort(cells, n, sizeof(*cells), by_key);
	for (size_t i = 0, k; rc == 0 && i < n; i = k) {
		for (k = i; k < n && memcmp(cells[k]->key, cells[i]->key,
		    5 * sizeof(int64_t)) == 0; k++)
			same[k - i] = (struct packed_cell){ cells[k]->key[5],
			    cells[k]->key[6], cells[k]->n };
		rc = take(ctx, cells[i]->key, same, k - i, e);
	}
	free(cells);
	free(same);
	return rc;
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
	struct stmt *s = db_stmt(db, "DELETE FROM work_cell WHERE term = :term"
	    " AND grain = :grain AND bucket = :bucket"
	    " AND ok = 0 AND failed = 0 AND reverted = 0");

	stmt_bind_int(s, ":term", c->key[5]);
	stmt_bind_int(s, ":grain", c->key[1]);
	stmt_bind_int(s, ":bucket", c->key[2]);
	return stmt_run(s, e);
}

static int
cells_write(struct db *db, const struct tally *t, struct err *e)
{
	struct bucket_writer w = { db, BUF_INIT(BUCKET_MAX_BYTES) };
	int rc = 0;

	for (size_t i = 0; rc == 0 && t->n_cells && i < t->room; i++) {
		const struct cell *c = &t->cells[i];

		if (!c->used || c->key[0] != 0 ||
		    (!c->n.ok && !c->n.failed && !c->n.reverted))
			continue;
		rc = work_cell_add(db, c, e);
		if (rc == 0 && t->less)
			rc = drop_empty(db, c, e);
	}
	if (rc == 0)
		rc = tally_buckets(t, bucket_add, &w, e);
	buf_free(&w.room);
	return rc;
}

int
tally_write(struct db *db, struct tally *t, struct err *e)
{
	if (cells_write(db, t, e) != 0)
		return -1;
	for (size_t i = 0; t->n_work && i < t->work_room; i++)
		if (t->work[i].term && work_item_add(db, &t->work[i], e) != 0)
			return -1;
	for (size_t i = 0; i < t->n_days; i++)
		if (log_day_add(db, &t->days[i], e) != 0)
			return -1;
	tally_clear(t);
	return 0;
}
