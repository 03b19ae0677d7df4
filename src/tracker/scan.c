#include "tracker/scan.h"

#include "base/clock.h"

#define COLUMNS "id, scope, status, asked_by, error, started_at," \
	" coalesce(finished_at, -1), coalesce(seen_at, -1), totals"
#define SOURCE_COLUMNS "name, covered_to, cursor, coalesce(read_at, -1)," \
	" lines, error"

static struct str
totals_text(struct buf *text, const struct scan_totals *t)
{
	struct json_writer w = JSON_WRITER(text);

	contract_encode(&scan_totals_contract, t, &w);
	return buf_str(text);
}

int
scan_begin(struct db *db, struct ops_scan *scan, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO ops_scans (scope, status,"
	    " asked_by, started_at, seen_at) VALUES (:scope, 'running', :by,"
	    " :now, :now) RETURNING id");

	scan->status = SCAN_RUNNING;
	scan->started_ms = scan->seen_ms = clock_now_ms();
	scan->finished_ms = -1;
	stmt_bind_str(s, ":scope", str(scan_scopes[scan->scope]));
	stmt_bind_str(s, ":by", scan->asked_by);
	stmt_bind_int(s, ":now", scan->started_ms);
	return stmt_one_int(s, &scan->id, e);
}

static int
update(struct db *db, const struct ops_scan *scan, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_scans SET status = :status,"
	    " totals = :totals, error = :error, seen_at = :now,"
	    " finished_at = nullif(:finished, -1) WHERE id = :id");
	struct buf text = BUF_INIT(KIB(4));
	int rc;

	stmt_bind_str(s, ":status", str(scan_statuses[scan->status]));
	stmt_bind_str(s, ":totals", totals_text(&text, &scan->totals));
	stmt_bind_str(s, ":error", scan->error);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":finished", scan->finished_ms);
	stmt_bind_int(s, ":id", scan->id);
	rc = stmt_run(s, e);
	buf_free(&text);
	return rc;
}

int
scan_alive(struct db *db, const struct ops_scan *scan, struct err *e)
{
	return update(db, scan, e);
}

int
scan_end(struct db *db, struct ops_scan *scan, struct err *e)
{
	scan->finished_ms = clock_now_ms();
	return update(db, scan, e);
}

int
scan_bury(struct db *db, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_scans SET status = 'died',"
	    " finished_at = seen_at, error = 'its program ended before it;"
	    " the next scan goes on where it stood'"
	    " WHERE status = 'running'");

	return stmt_run(s, e);
}

static int
row_read(struct stmt *s, struct arena *a, struct ops_scan *scan,
    struct err *e)
{
	*scan = (struct ops_scan){ .id = stmt_int(s, 0),
	    .scope = str_index(stmt_str(s, 1), scan_scopes, SCAN_SCOPE__MAX),
	    .status = str_index(stmt_str(s, 2), scan_statuses, SCAN_STATUS__MAX),
	    .asked_by = stmt_copy(s, a, 3), .error = stmt_copy(s, a, 4),
	    .started_ms = stmt_int(s, 5), .finished_ms = stmt_int(s, 6),
	    .seen_ms = stmt_int(s, 7) };
	if (stmt_is_null(s, 8))
		return 0;
	return contract_decode_text(&scan_totals_contract, stmt_str(s, 8), a,
	    &scan->totals, e);
}

static int
one(struct stmt *s, struct arena *a, struct ops_scan *out, struct err *e)
{
	int rc = stmt_step(s, e);

	if (rc > 0 && row_read(s, a, out, e) != 0)
		rc = -1;
	stmt_reset(s);
	return rc;
}

int
scan_get(struct db *db, struct arena *a, int64_t id, struct ops_scan *out,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_scans"
	    " WHERE id = :id");

	stmt_bind_int(s, ":id", id);
	return one(s, a, out, e);
}

int
scan_running(struct db *db, struct arena *a, struct ops_scan *out,
    struct err *e)
{
	return one(db_stmt(db, "SELECT " COLUMNS " FROM ops_scans"
	    " WHERE status = 'running' ORDER BY id DESC LIMIT 1"), a, out, e);
}

int
scan_list(struct db *db, struct arena *a, int64_t below_id, size_t max,
    struct ops_scan **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_scans"
	    " WHERE id < :below ORDER BY id DESC LIMIT :max");
	struct ops_scan *rows = NULL;
	int rc;

	stmt_bind_int(s, ":below", below_id ? below_id : INT64_MAX);
	stmt_bind_int(s, ":max", (int64_t)max);
	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		if (row_read(s, a, &rows[(*n)++], e) != 0) {
			rc = -1;
			break;
		}
	}
	stmt_reset(s);
	*out = rows;
	return rc;
}

static void
source_read(struct stmt *s, struct arena *a, struct log_source *out)
{
	*out = (struct log_source){ stmt_copy(s, a, 0), stmt_int(s, 1),
	    stmt_copy(s, a, 2), stmt_int(s, 3), stmt_int(s, 4),
	    stmt_copy(s, a, 5) };
}

int
source_get(struct db *db, struct arena *a, struct str name,
    struct log_source *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " SOURCE_COLUMNS
	    " FROM ops_source WHERE name = :name");
	int rc;

	stmt_bind_str(s, ":name", name);
	rc = stmt_step(s, e);
	if (rc > 0)
		source_read(s, a, out);
	stmt_reset(s);
	return rc;
}

int
source_put(struct db *db, const struct log_source *src, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO ops_source (name,"
	    " covered_to, cursor, read_at, lines, error) VALUES (:name,"
	    " :covered, :cursor, nullif(:read, -1), :lines, :error)"
	    " ON CONFLICT (name) DO UPDATE SET covered_to ="
	    " excluded.covered_to, cursor = excluded.cursor,"
	    " read_at = excluded.read_at, lines = excluded.lines,"
	    " error = excluded.error");

	stmt_bind_str(s, ":name", src->name);
	stmt_bind_int(s, ":covered", src->covered_ms);
	stmt_bind_str(s, ":cursor", src->cursor);
	stmt_bind_int(s, ":read", src->read_ms);
	stmt_bind_int(s, ":lines", src->lines);
	stmt_bind_str(s, ":error", src->error);
	return stmt_run(s, e);
}

int
source_list(struct db *db, struct arena *a, struct log_source **out,
    size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " SOURCE_COLUMNS
	    " FROM ops_source ORDER BY name");
	struct log_source *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		source_read(s, a, &rows[(*n)++]);
	}
	stmt_reset(s);
	*out = rows;
	return rc;
}
