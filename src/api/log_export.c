#include "api/log_export.h"

#include "api/log_follow.h"
#include "base/hash.h"
#include "contract/csv.h"
#include "json/json_walk.h"
#include "ledger/log_query.h"
#include "ledger/log_walk.h"
#include "ledger/projection.h"

/* Rows in one read transaction: the WAL has to be moved now and then. */
#define STEP_ROWS 2000
#define STEP_MS 500

struct export {
	struct call *c;
	struct db *db;
	const struct log_request *r;
	struct sha256_run *hash;
	int64_t rows, left;
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

/* What was added to the body since `from` leaves, and is hashed. */
static bool
send(struct export *x, size_t from)
{
	struct buf *b = &x->c->resp->body;

	sha256_run_add(x->hash, str_n(b->p + from, b->len - from));
	return response_drain(x->c->resp);
}

/* 1, 0: nobody wants more, -1. */
static int
row_send(struct export *x, struct arena *a, int64_t id, struct err *e)
{
	struct buf *b = &x->c->resp->body;
	struct json_writer w = JSON_WRITER(b);
	struct log_entry row;
	size_t from = b->len;
	int rc = log_entry_read(x->db, a, id, &row, e);

	if (rc <= 0)
		return rc < 0 ? -1 : 1;		/* gone meanwhile */
	if (x->r->format == LOG_CSV) {
		csv_row(b, a, &row);
	} else {
		log_entry_write(&w, &row);
		buf_addc(b, '\n');
	}
	x->rows++;
	x->left--;
	return send(x, from);
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
	for (int n = 0; rc > 0 && *skip == 0 && x->left > 0 && n < STEP_ROWS;
	    n++) {
		rc = log_walk_next(w, &id, e);
		if (rc > 0)
			rc = row_send(x, a, id, e);
		arena_reset(a);
	}
	if (rc == 0 && log_walk_cut(w))
		rc = 1;
	arena_free(a);
	return rc > 0 && (x->left == 0 || x->c->resp->gone ||
	    x->c->resp->head) ? 0 : rc;
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
			rc = step(x, w, &skip, e);
		if (w)
			log_walk_pause(w);
		db_read_end(x->db);
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

int
log_export(struct call *c, struct govern *g, const struct log_request *r,
    struct err *e)
{
	struct export x = { .c = c, .db = g->db, .r = r,
	    .left = r->q.limit < 0 ? INT64_MAX : r->q.limit };
	int64_t snapshot = r->q.snapshot_seq;
	int rc = -1;

	if (projection_ready(g->db, e) != 0 ||
	    (snapshot == 0 && log_snapshot(g->db, &snapshot, e) != 0))
		return -1;
	if (r->follow)
		return log_follow(c, g, r, e);
	c->resp->type = r->format == LOG_CSV ? "text/csv; charset=utf-8" :
	    NDJSON_TYPE;
	x.hash = sha256_run_new();
	if (r->format == LOG_CSV) {
		csv_head(&c->resp->body);
		send(&x, 0);
	}
	rc = rows_send(&x, snapshot, e);
	if (rc == 0)
		end_send(&x);
	sha256_run_free(x.hash);
	return rc;
}
