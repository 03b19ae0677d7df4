#include "api/log_export.h"

#include "api/log_follow.h"
#include "base/clock.h"
#include "base/hash.h"
#include "contract/csv.h"
#include "http/app.h"
#include "json/json_walk.h"
#include "ledger/log_query.h"
#include "ledger/log_walk.h"
#include "ledger/projection.h"

/* Rows in one read transaction: the WAL has to be moved now and then. */
#define STEP_ROWS 2000
#define STEP_MS 500

/* What is sent at once. */
#define PIECE_BYTES KIB(32)

struct export {
	struct call *c;
	struct db *db;
	const struct log_request *r;
	struct sha256_run *hash;
	/* Of one step: it leaves when no transaction is open, since a client
	 * may take its time. */
	struct buf text;
	int64_t rows, left;
	struct str epoch;	/* of the database it began with */
	int64_t oldest;		/* the lowest id then */
	int64_t until_ms;
};

static size_t
columns(void)
{
	size_t n = 0;

	while (patch_log_contract.fields[n].type != FIELD_END)
		n++;
	return n;
}

/* A value as a field: texts without their quotes, null as nothing. */
static void
put_value(struct csv *csv, struct arena *a, struct str v)
{
	struct str text = v.p ? json_walk_text(v, a) : STR_NONE;

	if (text.p || !v.p || str_is(v, "null"))
		csv_put_str(csv, text);
	else
		csv_put_str(csv, v);
}

static void
csv_row(struct buf *out, struct arena *a, const struct log_entry *row)
{
	struct csv csv = CSV_WRITER(out);
	struct buf text = BUF_INIT(BODY_MAX_BYTES);
	struct json_writer w = JSON_WRITER(&text);
	struct str *values = arena_array_of(a, struct str, columns());
	struct json_walk walk;
	struct str key, value;

	log_entry_write(&w, row);
	walk = json_walk_begin(buf_str(&text));
	while (json_walk_next(&walk, &key, &value))
		for (size_t i = 0; i < columns(); i++)
			if (str_is(key, patch_log_contract.fields[i].name))
				values[i] = value;
	for (size_t i = 0; i < columns(); i++)
		put_value(&csv, a, values[i]);
	csv_row_end(&csv);
	buf_free(&text);
}

static void
csv_head(struct buf *out)
{
	struct csv csv = CSV_WRITER(out);

	for (size_t i = 0; i < columns(); i++)
		csv_put_str(&csv, str(patch_log_contract.fields[i].name));
	csv_row_end(&csv);
}

/* The rows of a step leave, and are hashed: false: nobody wants more. */
static bool
text_send(struct export *x)
{
	struct response *r = x->c->resp;
	struct str rest = buf_str(&x->text);
	bool more = true;

	sha256_run_add(x->hash, rest);
	while (more && rest.len) {
		struct str piece = str_n(rest.p, rest.len < PIECE_BYTES ?
		    rest.len : PIECE_BYTES);

		buf_add(&r->body, piece);
		rest = str_n(rest.p + piece.len, rest.len - piece.len);
		more = response_drain(r);
	}
	buf_reset(&x->text);
	return more && !r->gone && !r->head;
}

static int
row_add(struct export *x, struct arena *a, int64_t id, struct err *e)
{
	struct json_writer w = JSON_WRITER(&x->text);
	struct log_entry row;
	int rc = log_entry_read(x->db, a, id, &row, e);

	if (rc <= 0)
		return rc;
	if (x->r->format == LOG_CSV) {
		csv_row(&x->text, a, &row);
	} else {
		log_entry_write(&w, &row);
		buf_addc(&x->text, '\n');
	}
	x->rows++;
	x->left--;
	return buf_check(&x->text, "rows of the log", e) == 0 ? 1 : -1;
}

/* Is there still what it began with?  Else its end would be a lie. */
static int
step_check(const struct export *x, const struct log_walk *w, struct err *e)
{
	int64_t oldest;

	if (app_ending())
		return err_set(e, ERR_BUSY, "the server is going down; ask it "
		    "again when it is back");
	if (clock_mono_ms() >= x->until_ms)
		return err_set(e, ERR_LIMIT_EXCEEDED, "an export may take %d "
		    "seconds; get the log in parts, by from and to",
		    EXPORT_MAX_S);
	if (!str_eq(db_epoch(x->db), x->epoch))
		return err_set(e, ERR_BUSY, "another database was put in the "
		    "place of this one; begin anew");
	if (projection_ready(x->db, e) != 0 ||
	    log_oldest(x->db, &oldest, e) != 0)
		return -1;
	if (oldest > x->oldest && oldest > log_walk_lowest(w))
		return err_set(e, ERR_BUSY, "old rows were removed meanwhile; "
		    "begin anew");
	return 0;
}

/* Some rows, in one transaction: 1: there are more, 0: no more, -1. */
static int
step(struct export *x, struct log_walk *w, int64_t *skip, struct err *e)
{
	struct arena *a = arena_new();
	int64_t id = 0, passed = 0;
	int rc = 1;

	log_walk_time(w, STEP_MS);
	if (*skip > 0)
		rc = log_walk_pass(w, *skip, &passed, e) != 0 ? -1 : 1;
	*skip -= passed;
	for (int n = 0; rc > 0 && *skip == 0 && x->left > 0 && n < STEP_ROWS &&
	    x->text.len < EXPORT_STEP_BYTES; n++) {
		rc = log_walk_next(w, &id, e);
		if (rc > 0 && row_add(x, a, id, e) < 0)
			rc = -1;
		arena_reset(a);
	}
	if (rc == 0 && log_walk_cut(w))
		rc = 1;
	arena_free(a);
	return rc > 0 && x->left == 0 ? 0 : rc;
}

/* All rows up to the snapshot. */
static int
rows_send(struct export *x, int64_t snapshot, struct err *e)
{
	int64_t skip = x->r->q.cursor.p ? x->r->q.skip : x->r->q.offset;
	struct log_walk *w = NULL;
	int rc = 1;

	while (rc > 0) {
		/* each step is allowed its own time */
		db_deadline_ms(x->db, QUERY_DEADLINE_MS);
		if (db_read_begin(x->db, e) != 0) {
			rc = -1;
			break;
		}
		rc = w ? 0 : log_walk_open(x->db, &x->r->q, snapshot, &w, e);
		if (rc == 0)
			rc = step_check(x, w, e);
		if (rc == 0)
			rc = step(x, w, &skip, e);
		if (w)
			log_walk_pause(w);
		db_read_end(x->db);
		if (rc >= 0 && !text_send(x))
			rc = 0;
	}
	log_walk_close(w);
	return rc;
}

static void
end_send(struct export *x)
{
	struct buf *b = &x->c->resp->body;
	struct json_writer w = JSON_WRITER(b);
	struct str hash = sha256_hex(x->c->arena, sha256_run_end(x->hash));

	if (x->r->format == LOG_CSV) {
		buf_addf(b, "#end,%lld,%.*s\r\n", (long long)x->rows,
		    STR_ARG(hash));
		return;
	}
	json_object_open(&w);
	json_key(&w, "end");
	json_put_bool(&w, true);
	json_key(&w, "rows");
	json_put_int(&w, x->rows);
	json_key(&w, "sha256");
	json_put_str(&w, hash);
	json_object_close(&w);
	buf_addc(b, '\n');
}

/* Where it begins, and ends at the latest. */
static int
export_begin(struct export *x, int64_t *snapshot, struct err *e)
{
	x->epoch = arena_str(x->c->arena, db_epoch(x->db));
	x->until_ms = clock_mono_ms() + EXPORT_MAX_S * INT64_C(1000);
	if (log_oldest(x->db, &x->oldest, e) != 0)
		return -1;
	*snapshot = x->r->q.snapshot_seq;
	return *snapshot ? 0 : log_snapshot(x->db, snapshot, e);
}

int
log_export(struct call *c, struct govern *g, const struct log_request *r,
    struct err *e)
{
	struct export x = { .c = c, .db = g->db, .r = r,
	    .text = BUF_INIT(EXPORT_STEP_BYTES + BODY_MAX_BYTES),
	    .left = r->q.limit < 0 ? INT64_MAX : r->q.limit };
	int64_t snapshot;
	int rc = -1;

	if (projection_ready(g->db, e) != 0)
		return -1;
	if (r->follow)
		return log_follow(c, g, r, e);
	if (export_begin(&x, &snapshot, e) != 0)
		return -1;
	c->resp->type = r->format == LOG_CSV ? "text/csv; charset=utf-8" :
	    NDJSON_TYPE;
	x.hash = sha256_run_new();
	if (r->format == LOG_CSV)
		csv_head(&x.text);
	rc = rows_send(&x, snapshot, e);
	if (rc == 0)
		end_send(&x);
	sha256_run_free(x.hash);
	buf_free(&x.text);
	return rc;
}
