#include "ledger/audit_sums.h"

#include "ledger/outcome.h"
#include "ledger/packed_errors.h"
#include "store/event_store.h"

static int
same_number(struct audit_walk *w, struct stmt *s, int64_t want,
    const char *table, struct err *e)
{
	int64_t n;

	if (stmt_one_int(s, &n, e) != 0)
		return -1;
	if (n != want)
		audit_fault(w, table, "%lld rows, there should be %lld",
		    (long long)n, (long long)want);
	return 0;
}

/* Days of the log, as bounds: retention takes rows away. */
static int
days_check(struct audit_walk *w, struct err *e)
{
	for (size_t i = 0; i < w->tally.n_days; i++) {
		const struct day *d = &w->tally.days[i];
		struct stmt *s = db_stmt(w->db, "SELECT 1 FROM log_day"
		    " WHERE day = :day AND first_id <= :first"
		    " AND last_id >= :last");
		int rc;

		stmt_bind_int(s, ":day", d->day);
		stmt_bind_int(s, ":first", d->first_id);
		stmt_bind_int(s, ":last", d->last_id);
		rc = stmt_step(s, e);
		stmt_reset(s);
		if (rc < 0)
			return -1;
		if (rc == 0)
			audit_fault(w, "log_day", "day %lld leaves rows out",
			    (long long)d->day);
	}
	return 0;
}

int
audit_counts(struct audit_walk *w, struct err *e)
{
	int64_t oldest;
	struct stmt *s;

	if (days_check(w, e) != 0 || same_number(w, db_stmt(w->db,
	    "SELECT count(*) FROM patch_log /* whole table: counted */"),
	    w->rows, "patch_log", e) != 0 || same_number(w, db_stmt(w->db,
	    "SELECT count(*) FROM posting /* whole table: counted */"),
	    w->postings, "posting", e) != 0 ||
	    event_store_oldest(w->db, &oldest, e) != 0)
		return -1;
	s = db_stmt(w->db, "SELECT count(*) FROM patch_outcome"
	    " /* whole table: counted */ WHERE id >= :oldest AND :oldest > 0");
	stmt_bind_int(s, ":oldest", oldest);
	return same_number(w, s, w->outcomes, "patch_outcome", e);
}

static int
bucket_check(void *ctx, const int64_t *key, const struct packed_cell *cells,
    size_t n, struct err *e)
{
	struct audit_walk *w = ctx;
	struct buf want = BUF_INIT(BUCKET_MAX_BYTES);
	struct stmt *s = db_stmt(w->db, "SELECT cells FROM rollup"
	    " WHERE facet = :facet AND grain = :grain AND bucket = :bucket"
	    " AND requester = :requester AND workspace = :workspace");
	int rc = packed_adder_of(key[0])(STR(""), cells, n, &want, e);

	if (rc == 0) {
		stmt_bind_int(s, ":facet", key[0]);
		stmt_bind_int(s, ":grain", key[1]);
		stmt_bind_int(s, ":bucket", key[2]);
		stmt_bind_int(s, ":requester", key[3]);
		stmt_bind_int(s, ":workspace", key[4]);
		rc = stmt_step(s, e);
		w->buckets++;
		if (rc == 0 || (rc > 0 && !str_eq(stmt_str(s, 0),
		    buf_str(&want))))
			audit_fault(w, "rollup", "facet %lld grain %lld bucket "
			    "%lld (requester %lld, workspace %lld) is missing, "
			    "or not the sum of its outcomes",
			    (long long)key[0], (long long)key[1],
			    (long long)key[2], (long long)key[3],
			    (long long)key[4]);
		stmt_reset(s);
	}
	buf_free(&want);
	return rc < 0 ? -1 : 0;
}

static int
cell_check(struct audit_walk *w, const struct cell *c, struct err *e)
{
	struct stmt *s = db_stmt(w->db, "SELECT ok, failed, reverted"
	    " FROM work_cell WHERE term = :term AND grain = :grain"
	    " AND bucket = :bucket");
	int rc;

	stmt_bind_int(s, ":term", c->key[5]);
	stmt_bind_int(s, ":grain", c->key[1]);
	stmt_bind_int(s, ":bucket", c->key[2]);
	rc = stmt_step(s, e);
	w->cells++;
	if (rc == 0 || (rc > 0 && (stmt_int(s, 0) != c->n.ok ||
	    stmt_int(s, 1) != c->n.failed || stmt_int(s, 2) != c->n.reverted)))
		audit_fault(w, "work_cell", "term %lld grain %lld bucket %lld "
		    "is missing, or not the sum of its outcomes",
		    (long long)c->key[5], (long long)c->key[1],
		    (long long)c->key[2]);
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}

/* The sums of a span of 32 days: no bucket reaches beyond it. */
static int
span_check(struct audit_walk *w, struct err *e)
{
	struct tally *t = &w->tally;

	if (tally_buckets(t, bucket_check, w, e) != 0)
		return -1;
	for (size_t i = 0; t->n_cells && i < t->room; i++)
		if (t->cells[i].used && t->cells[i].key[0] == 0 &&
		    cell_check(w, &t->cells[i], e) != 0)
			return -1;
	tally_clear(t);
	return 0;
}

static int
outcomes_walk(struct audit_walk *w, struct err *e)
{
	struct stmt *s = db_stmt(w->db, "SELECT " OUTCOME_COLUMNS
	    " FROM patch_outcome AS o /* whole table: all are summed */"
	    " ORDER BY o.created_at, o.id");
	int64_t span = 0;
	int rc;

	tally_clear(&w->tally);
	while ((rc = stmt_step(s, e)) > 0) {
		struct outcome o = outcome_read(s);
		int64_t at = grain_bucket(o.created_ms, GRAIN_SPAN);

		if (at != span && w->tally.n_cells && span_check(w, e) != 0) {
			stmt_reset(s);
			return -1;
		}
		span = at;
		tally_outcome(&w->tally, &o, 1);
	}
	return rc < 0 ? -1 : span_check(w, e);
}

int
audit_item(struct audit_walk *w, int64_t term, int64_t seq, struct err *e)
{
	struct stmt *s = db_stmt(w->db, "SELECT 1 FROM work_item"
	    " WHERE term = :term AND last_id >= :seq");
	int rc;

	stmt_bind_int(s, ":term", term);
	stmt_bind_int(s, ":seq", seq);
	rc = stmt_step(s, e);
	stmt_reset(s);
	if (rc == 0)
		audit_fault(w, "work_item", "term %lld does not know of event "
		    "%lld", (long long)term, (long long)seq);
	return rc < 0 ? -1 : 0;
}

/* The first row that s finds is a fault. */
static int
none(struct audit_walk *w, struct stmt *s, const char *what, struct err *e)
{
	int rc = stmt_step(s, e);

	if (rc > 0)
		audit_fault(w, "work_item", "term %lld %s",
		    (long long)stmt_int(s, 0), what);
	stmt_reset(s);
	return rc < 0 ? -1 : 0;
}

/* What lives for long is the sum of its days, reaches each of its outcomes, and
 * its last event is one of its own.  Term by term: there may be millions. */
static int
items_check(struct audit_walk *w, struct err *e)
{
	static const char sums[] = "SELECT i.term FROM work_item AS i"
	    " /* whole table: all are compared */"
	    " WHERE (i.ok, i.failed, i.reverted) <> (SELECT"
	    " coalesce(sum(c.ok), 0), coalesce(sum(c.failed), 0),"
	    " coalesce(sum(c.reverted), 0) FROM work_cell AS c"
	    " WHERE c.term = i.term AND c.grain = 1) LIMIT 1";
	static const char last[] = "SELECT i.term FROM work_item AS i"
	    " /* whole table: all are compared */ JOIN event AS v"
	    " ON v.seq = i.last_id LEFT JOIN term AS t ON t.id = i.term"
	    " WHERE t.field IS NOT i.field OR t.text IS NOT"
	    " CASE i.field WHEN 9 THEN v.order_id ELSE v.task_id END LIMIT 1";
	static const char *const reach[] = {
		"SELECT o.\"order\" FROM patch_outcome AS o"
		    " /* whole table: all are compared */ LEFT JOIN work_item"
		    " AS i ON i.term = o.\"order\" WHERE o.\"order\" <> 0"
		    " AND (i.term IS NULL OR (o.outcome <> 3 AND"
		    " NOT coalesce(o.created_at BETWEEN i.first_at AND"
		    " i.last_at, 0))) LIMIT 1",
		"SELECT o.task FROM patch_outcome AS o"
		    " /* whole table: all are compared */ LEFT JOIN work_item"
		    " AS i ON i.term = o.task WHERE o.task <> 0"
		    " AND (i.term IS NULL OR (o.outcome <> 3 AND"
		    " NOT coalesce(o.created_at BETWEEN i.first_at AND"
		    " i.last_at, 0))) LIMIT 1",
	};

	if (none(w, db_stmt(w->db, sums), "is not the sum of its days",
	    e) != 0 || none(w, db_stmt(w->db, last), "has a last event that "
	    "is not its own", e) != 0)
		return -1;
	for (size_t i = 0; i < countof(reach); i++)
		if (none(w, db_stmt(w->db, reach[i]), "does not reach one of "
		    "its outcomes", e) != 0)
			return -1;
	return 0;
}

int
audit_sums(struct audit_walk *w, struct err *e)
{
	if (outcomes_walk(w, e) != 0 || items_check(w, e) != 0 ||
	    same_number(w, db_stmt(w->db, "SELECT count(*) FROM rollup"
	    " /* whole table: counted */"), w->buckets, "rollup", e) != 0)
		return -1;
	return same_number(w, db_stmt(w->db, "SELECT count(*) FROM work_cell"
	    " /* whole table: counted */"), w->cells, "work_cell", e);
}
