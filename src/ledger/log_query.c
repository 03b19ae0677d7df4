#include "ledger/log_query.h"

#include "ledger/log_walk.h"
#include "ledger/projection.h"

#define EVENT_COLUMNS "e.seq, e.type, e.ts_ms, e.payload, e.patch_id"

static int
rows_read(struct stmt *s, struct arena *a, struct patch_event **out, size_t *n,
    struct err *e)
{
	struct patch_event *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		struct event ev = { .seq = stmt_int(s, 0),
		    .type = event_type_of(stmt_str(s, 1)),
		    .ts_ms = stmt_int(s, 2), .payload = stmt_str(s, 3) };

		rows = rows_room(a, rows, *n, sizeof(*rows));
		if (patch_event_unpack(a, &ev, &rows[*n], e) != 0) {
			stmt_reset(s);
			return -1;
		}
		rows[(*n)++].patch_id = stmt_copy(s, a, 4);
	}
	*out = rows;
	return rc;
}

int
log_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " EVENT_COLUMNS " FROM event AS e"
	    " JOIN patch_log AS p ON p.id = e.seq"
	    " WHERE e.patch_id = :patch_id ORDER BY e.seq");

	stmt_bind_str(s, ":patch_id", patch_id);
	return rows_read(s, a, out, n, e);
}

int
log_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct patch_event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " EVENT_COLUMNS " FROM event AS e"
	    " JOIN patch_log AS p ON p.id = e.seq"
	    " WHERE e.batch_id = :batch_id ORDER BY e.seq");

	stmt_bind_str(s, ":batch_id", batch_id);
	return rows_read(s, a, out, n, e);
}

static int
payload_read(struct db *db, struct arena *a, struct log_entry *row,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT payload FROM event"
	    " WHERE seq = :seq");
	int rc;

	stmt_bind_int(s, ":seq", row->id);
	rc = stmt_step(s, e);
	if (rc > 0)
		row->payload = stmt_copy(s, a, 0);
	stmt_reset(s);
	return rc;
}

int
log_entry_read(struct db *db, struct arena *a, int64_t id,
    struct log_entry *out, struct err *e)
{
	*out = (struct log_entry){ .id = id };
	return payload_read(db, a, out, e);
}

int
log_snapshot(struct db *db, int64_t *seq, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT coalesce(max(id), 0)"
	    " FROM patch_log"), seq, e);
}

int
log_oldest(struct db *db, int64_t *seq, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT coalesce(min(id), :none)"
	    " FROM patch_log");

	stmt_bind_int(s, ":none", INT64_MAX);
	return stmt_one_int(s, seq, e);
}

/* One row more than wanted tells whether there are more. */
static int
page_fill(struct db *db, struct arena *a, struct log_walk *w, int64_t limit,
    struct log_page *out, struct err *e)
{
	int64_t id;
	int rc;

	out->rows = arena_array_of(a, struct log_entry, (size_t)limit + 1);
	while ((rc = log_walk_next(w, &id, e)) > 0) {
		if (out->n == (size_t)limit) {
			out->has_more = true;
			break;
		}
		if (log_entry_read(db, a, id, &out->rows[out->n], e) < 0)
			return -1;
		out->after_seq = id;
		out->n++;
	}
	return rc < 0 ? -1 : 0;
}

static int
page_read(struct db *db, struct arena *a, const struct log_query *q,
    int64_t limit, struct log_page *out, struct err *e)
{
	int64_t passed, skip = q->cursor.p ? q->skip : q->offset;
	struct log_walk *w;
	int rc = log_walk_open(db, q, out->snapshot_seq, &w, e);

	if (rc == 0) {
		log_walk_time(w, log_limits()->page_ms);
		rc = log_walk_pass(w, skip, &passed, e);
	}
	if (rc == 0 && !log_walk_cut(w))
		rc = page_fill(db, a, w, limit, out, e);
	if (rc == 0 && log_walk_cut(w)) {
		out->cut = out->has_more = true;
		out->after_seq = log_walk_at(w);
		out->skip = skip - passed;
	}
	log_walk_close(w);
	return rc;
}

static int
total_read(struct db *db, const struct log_query *q, struct log_page *out,
    struct err *e)
{
	struct log_query all = *q;
	struct log_walk *w;
	int64_t n;
	int rc;

	all.after_seq = 0;
	rc = log_walk_open(db, &all, out->snapshot_seq, &w, e);
	if (rc == 0) {
		log_walk_time(w, log_limits()->count_ms);
		rc = log_walk_pass(w, INT64_MAX, &n, e);
	}
	if (rc == 0) {
		out->total_cut = log_walk_cut(w);
		out->total = out->total_cut ? -1 : n;
	}
	log_walk_close(w);
	return rc;
}

int
log_query_page(struct db *db, struct arena *a, const struct log_query *q,
    struct log_page *out, struct err *e)
{
	int64_t limit = q->limit < 0 ? PAGE_DEFAULT_ROWS : q->limit;
	bool own = !db_in_transaction(db);
	int rc;

	*out = (struct log_page){ .total = -1,
	    .snapshot_seq = q->snapshot_seq, .after_seq = q->after_seq };
	if (limit > PAGE_MAX_ROWS || q->offset < 0)
		return err_set(e, ERR_BAD_QUERY, "limit is 0 to %d, offset not"
		    " negative", PAGE_MAX_ROWS);
	if (own && db_read_begin(db, e) != 0)
		return -1;
	rc = projection_ready(db, e);
	if (rc == 0 && out->snapshot_seq == 0)
		rc = log_snapshot(db, &out->snapshot_seq, e);
	if (rc == 0 && limit > 0)
		rc = page_read(db, a, q, limit, out, e);
	if (rc == 0 && q->count == LOG_COUNT_EXACT)
		rc = total_read(db, q, out, e);
	if (own)
		db_read_end(db);
	return rc;
}
