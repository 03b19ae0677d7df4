#include "ledger/work_list.h"

#include "ledger/sums.h"

/* A range has at most quarters, days, quarters. */
#define PIECES_MAX 3

struct listing {
	struct db *db;
	enum term_field field;
	const int64_t *range;
	/* For those that reach beyond the range: how it is cut, and what all
	 * of them did at its edges. */
	bool cut;
	struct stat_piece pieces[PIECES_MAX];
	size_t n_pieces;
	struct sums edges;
};

static int
edge_read(struct listing *l, const struct stat_piece *p, struct err *e)
{
	struct stmt *s = db_stmt(l->db, "SELECT CASE :field WHEN 9 THEN"
	    " \"order\" ELSE task END, created_at, outcome FROM patch_outcome"
	    " WHERE created_at >= :from AND created_at < :to"
	    " AND outcome <> 3");
	int rc;

	stmt_bind_int(s, ":field", l->field);
	stmt_bind_int(s, ":from", p->from);
	stmt_bind_int(s, ":to", p->to);
	while ((rc = stmt_step(s, e)) > 0) {
		int64_t term = stmt_int(s, 0), ms = stmt_int(s, 1);
		struct sum *one;

		if (!term)
			continue;
		one = sums_at(&l->edges, term);
		counts_add(&one->n, stmt_int(s, 2), 1);
		one->first_ms = ms < one->first_ms ? ms : one->first_ms;
		one->last_ms = ms > one->last_ms ? ms : one->last_ms;
	}
	return rc;
}

static int
piece_take(void *ctx, const struct stat_piece *p, struct err *e)
{
	struct listing *l = ctx;

	if (p->grain == GRAIN__MAX)
		return edge_read(l, p, e);
	l->pieces[l->n_pieces++] = *p;
	return 0;
}

static int
cells_add(struct listing *l, const struct stat_piece *p, struct work_row *r,
    struct err *e)
{
	struct stmt *s = db_stmt(l->db, "SELECT ok, failed FROM work_cell"
	    " WHERE term = :term AND grain = :grain AND bucket >= :from"
	    " AND bucket < :to");
	int rc;

	stmt_bind_int(s, ":term", r->term);
	stmt_bind_int(s, ":grain", p->grain);
	stmt_bind_int(s, ":from", p->from / grain_ms[p->grain]);
	stmt_bind_int(s, ":to", p->to / grain_ms[p->grain]);
	while ((rc = stmt_step(s, e)) > 0) {
		r->n.ok += stmt_int(s, 0);
		r->n.failed += stmt_int(s, 1);
	}
	return rc;
}

/* Done for the first item that needs it. */
static int
range_cut(struct listing *l, struct err *e)
{
	if (!l->cut && stat_cut(l->range, 1, 1 << GRAIN_QUARTER |
	    1 << GRAIN_DAY, piece_take, l, e) != 0)
		return -1;
	l->cut = true;
	return 0;
}

/* What it did within the range, when its life is longer. */
static int
part_count(struct listing *l, struct work_row *r, struct err *e)
{
	const struct sum *edge;

	if (range_cut(l, e) != 0)
		return -1;
	r->n = (struct counts){ 0 };
	for (size_t i = 0; i < l->n_pieces; i++)
		if (cells_add(l, &l->pieces[i], r, e) != 0)
			return -1;
	edge = sums_find(&l->edges, r->term);
	if (edge)
		counts_more(&r->n, &edge->n);
	return 0;
}

/* Is there an outcome at that very time? 1, 0, -1 */
static int
task_at(struct db *db, int64_t task, int64_t ms, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT 1 FROM patch_outcome"
	    " WHERE created_at = :ms AND task = :task AND outcome <> 3");
	int rc;

	stmt_bind_int(s, ":ms", ms);
	stmt_bind_int(s, ":task", task);
	rc = stmt_step(s, e);
	stmt_reset(s);
	return rc;
}

/* The first and last time of a task within one bucket, widened into *r. */
static int
task_within(struct db *db, int64_t bucket, struct work_row *r, struct err *e)
{
	int64_t width = grain_ms[GRAIN_QUARTER];
	struct stmt *s = db_stmt(db, "SELECT min(created_at), max(created_at)"
	    " FROM patch_outcome WHERE created_at >= :from"
	    " AND created_at < :to AND task = :task AND outcome <> 3");
	int rc;

	stmt_bind_int(s, ":from", bucket * width);
	stmt_bind_int(s, ":to", (bucket + 1) * width);
	stmt_bind_int(s, ":task", r->term);
	rc = stmt_step(s, e);
	if (rc > 0 && !stmt_is_null(s, 0)) {
		int64_t first = stmt_int(s, 0), last = stmt_int(s, 1);

		r->first_ms = first < r->first_ms ? first : r->first_ms;
		r->last_ms = last > r->last_ms ? last : r->last_ms;
	}
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}

/* There is no index of tasks by time: the quarters of an hour tell where to
 * look, unless an edge of the range has the answer. */
static int
task_search(struct listing *l, struct work_row *r, struct err *e)
{
	int64_t width = grain_ms[GRAIN_QUARTER], from, to, first = 0, last = 0;
	struct stmt *s = db_stmt(l->db, "SELECT min(bucket), max(bucket)"
	    " FROM work_cell WHERE term = :term AND grain = 0"
	    " AND bucket >= :from AND bucket < :to AND ok + failed > 0");
	const struct sum *edge;
	int rc;

	if (range_cut(l, e) != 0)
		return -1;
	edge = sums_find(&l->edges, r->term);
	r->first_ms = edge ? edge->first_ms : INT64_MAX;
	r->last_ms = edge ? edge->last_ms : INT64_MIN;
	from = grain_bucket(l->range[0] + width - 1, GRAIN_QUARTER);
	to = grain_bucket(l->range[1], GRAIN_QUARTER);
	stmt_bind_int(s, ":term", r->term);
	stmt_bind_int(s, ":from", from);
	stmt_bind_int(s, ":to", to);
	rc = stmt_step(s, e);
	if (rc > 0 && !stmt_is_null(s, 0)) {
		first = stmt_int(s, 0);
		last = stmt_int(s, 1);
	} else {
		first = last = INT64_MAX;
	}
	stmt_reset(s);
	if (rc < 0 || first == INT64_MAX)
		return rc < 0 ? -1 : 0;
	if (first * width < r->first_ms && task_within(l->db, first, r, e) != 0)
		return -1;
	return (last + 1) * width > r->last_ms ?
	    task_within(l->db, last, r, e) : 0;
}

static int
task_times(struct listing *l, struct work_row *r, bool whole, struct err *e)
{
	int first, last;

	if (!whole)
		return task_search(l, r, e);
	/* bounds that are also times are the first and the last */
	first = task_at(l->db, r->term, r->first_ms, e);
	last = first > 0 ? task_at(l->db, r->term, r->last_ms, e) : first;
	if (first < 0 || last < 0)
		return -1;
	return first && last ? 0 : task_search(l, r, e);
}

static int
order_time(struct stmt *s, const struct listing *l, int64_t term,
    int64_t *out, struct err *e)
{
	stmt_bind_int(s, ":term", term);
	stmt_bind_int(s, ":from", l->range[0]);
	stmt_bind_int(s, ":to", l->range[1]);
	return stmt_one_int(s, out, e);
}

#define ORDER_TIME(way) "SELECT created_at FROM patch_outcome" \
	" WHERE \"order\" = :term AND \"order\" <> 0 AND outcome <> 3" \
	" AND created_at >= :from AND created_at < :to" \
	" ORDER BY created_at " way " LIMIT 1"

static int
order_times(struct listing *l, struct work_row *r, struct err *e)
{
	if (order_time(db_stmt(l->db, ORDER_TIME("ASC")), l, r->term,
	    &r->first_ms, e) != 0)
		return -1;
	return order_time(db_stmt(l->db, ORDER_TIME("DESC")), l, r->term,
	    &r->last_ms, e);
}

/* Fill in what s stands on.  1 when it has outcomes in the range, 0, -1 */
static int
row_make(struct listing *l, struct stmt *s, struct work_row *r, struct err *e)
{
	bool whole;

	*r = (struct work_row){ .term = stmt_int(s, 0),
	    .first_ms = stmt_int(s, 1), .active_ms = stmt_int(s, 2),
	    .last_ms = stmt_int(s, 2),
	    .n = { stmt_int(s, 3), stmt_int(s, 4), 0 } };
	whole = r->first_ms >= l->range[0] && r->last_ms < l->range[1];
	if (!whole && part_count(l, r, e) != 0)
		return -1;
	if (r->n.ok + r->n.failed == 0)
		return 0;
	if (l->field == TERM_ORDER)
		return order_times(l, r, e) == 0 ? 1 : -1;
	return task_times(l, r, whole, e) == 0 ? 1 : -1;
}

int
work_list(struct db *db, struct arena *a, enum term_field field,
    const int64_t range[2], int64_t after_ms, int64_t after_term, size_t max,
    struct work_row **out, size_t *n, struct err *e)
{
	struct listing l = { .db = db, .field = field, .range = range };
	struct stmt *s = db_stmt(db, "SELECT term, first_at, last_at, ok,"
	    " failed FROM work_item WHERE field = :field AND last_at >= :from"
	    " AND first_at < :to AND (last_at, term) < (:after_ms,"
	    " :after_term) ORDER BY last_at DESC, term DESC");
	struct work_row *rows = NULL;
	int rc = 0;

	*n = 0;
	stmt_bind_int(s, ":field", field);
	stmt_bind_int(s, ":from", range[0]);
	stmt_bind_int(s, ":to", range[1]);
	stmt_bind_int(s, ":after_ms", after_ms);
	stmt_bind_int(s, ":after_term", after_term);
	while (*n < max && rc >= 0 && (rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rc = row_make(&l, s, &rows[*n], e);
		if (rc > 0)
			++*n;
	}
	stmt_reset(s);
	sums_free(&l.edges);
	*out = rows;
	return rc < 0 ? -1 : 0;
}
