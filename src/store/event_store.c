#include "store/event_store.h"

#include "store/db_private.h"
#include "store/event_row.h"
#include "store/event_seal.h"

enum { COL_SEQ, COL_TYPE, COL_TS, COL_PAYLOAD, COL_BATCH, COL_PATCH, COL_ORDER,
	COL_TASK, COL_REQUESTER, COL_WORKSPACE, COL_FILE, COL_OP };

#define COLUMNS "seq, type, ts_ms, payload, batch_id, patch_id, order_id," \
	" task_id, requester, workspace, file, op"

int
event_store_genesis(struct db *db, struct sha256 *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT value FROM property"
	    " WHERE key = 'genesis'");
	int rc = stmt_step(s, e);
	bool good;

	if (rc < 0)
		return -1;
	good = rc == 1 && sha256_parse(stmt_str(s, 0), out);
	stmt_reset(s);
	return good ? 0 : err_set(e, ERR_STORE_FAILED,
	    "%s has lost the start of its hash chain", db->path);
}

int
event_store_given(struct db *db, int64_t *seq, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT coalesce(max(seq), 0)"
	    " FROM sqlite_sequence WHERE name = 'event'"), seq, e);
}

/* What the next event is chained to: the last one, or its seal, or genesis. */
static int
head_read(struct db *db, struct err *e)
{
	struct event_seal seal;
	struct stmt *s;
	struct str hash;
	int rc;

	if (event_store_given(db, &db->head_seq, e) != 0)
		return -1;
	s = db_stmt(db, "SELECT hash FROM event"
	    " WHERE seq = (SELECT max(seq) FROM event)");
	rc = stmt_step(s, e);
	if (rc < 0)
		return -1;
	if (rc == 1) {
		hash = stmt_str(s, 0);
		if (hash.len == SHA256_BYTES)
			memcpy(db->head_hash.b, hash.p, SHA256_BYTES);
		stmt_reset(s);
	} else if ((rc = event_seal_newest(db, &seal, e)) < 0) {
		return -1;
	} else if (rc == 1) {
		db->head_hash = seal.last_hash;
	} else if (event_store_genesis(db, &db->head_hash, e) != 0) {
		return -1;
	}
	db->head_known = true;
	return 0;
}

int
event_store_append(struct db *db, struct event *ev, struct err *e)
{
	struct event_row row;
	struct str type = str(event_name(ev->type));
	struct sha256 hash;
	struct stmt *s;

	if (!db->writing)
		return err_set(e, ERR_INTERNAL, "an event outside of a"
		    " transaction");
	if (!db->head_known && head_read(db, e) != 0)
		return -1;
	row = (struct event_row){ .seq = db->head_seq + 1, .ts_ms = ev->ts_ms,
	    .text = { type, ev->payload, ev->batch_id, ev->patch_id,
	    ev->order_id, ev->task_id, ev->requester, ev->workspace, ev->file,
	    ev->op } };
	if (!db->hasher)
		db->hasher = row_hasher_new();
	hash = event_row_hash(db->hasher, &db->head_hash, &row, NULL);
	s = db_stmt(db, "INSERT INTO event (" COLUMNS ", hash) VALUES (:seq,"
	    " :type, :ts_ms, :payload, :batch_id, :patch_id, :order_id,"
	    " :task_id, :requester, :workspace, :file, :op, :hash)");
	stmt_bind_int(s, ":seq", db->head_seq + 1);
	stmt_bind_str(s, ":type", type);
	stmt_bind_int(s, ":ts_ms", ev->ts_ms);
	stmt_bind_str(s, ":payload", ev->payload);
	stmt_bind_str(s, ":batch_id", ev->batch_id);
	stmt_bind_str(s, ":patch_id", ev->patch_id);
	stmt_bind_str(s, ":order_id", ev->order_id);
	stmt_bind_str(s, ":task_id", ev->task_id);
	stmt_bind_str(s, ":requester", ev->requester);
	stmt_bind_str(s, ":workspace", ev->workspace);
	stmt_bind_str(s, ":file", ev->file);
	stmt_bind_str(s, ":op", ev->op);
	stmt_bind_blob(s, ":hash", str_n((const char *)hash.b,
	    sizeof(hash.b)));
	if (stmt_run(s, e) != 0)
		return -1;
	ev->seq = ++db->head_seq;
	db->head_hash = hash;
	return 0;
}

int
event_store_head(struct db *db, int64_t *seq, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT max("
	    "(SELECT coalesce(max(seq), 0) FROM event),"
	    " (SELECT coalesce(max(last_seq), 0) FROM event_seal))"), seq, e);
}

int
event_store_oldest(struct db *db, int64_t *seq, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT coalesce(min(seq), 0)"
	    " FROM event"), seq, e);
}

static struct event
row_read(struct stmt *s, struct arena *a)
{
	return (struct event){
		.seq = stmt_int(s, COL_SEQ),
		.type = event_type_of(stmt_str(s, COL_TYPE)),
		.ts_ms = stmt_int(s, COL_TS),
		.payload = stmt_copy(s, a, COL_PAYLOAD),
		.batch_id = stmt_copy(s, a, COL_BATCH),
		.patch_id = stmt_copy(s, a, COL_PATCH),
		.order_id = stmt_copy(s, a, COL_ORDER),
		.task_id = stmt_copy(s, a, COL_TASK),
		.requester = stmt_copy(s, a, COL_REQUESTER),
		.workspace = stmt_copy(s, a, COL_WORKSPACE),
		.file = stmt_copy(s, a, COL_FILE),
		.op = stmt_copy(s, a, COL_OP),
	};
}

static int
events_read(struct stmt *s, struct arena *a, struct event **out, size_t *n,
    struct err *e)
{
	struct event *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = row_read(s, a);
	}
	*out = rows;
	return rc;
}

int
event_store_since(struct db *db, struct arena *a, int64_t since, size_t max,
    struct event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM event"
	    " WHERE seq > :since ORDER BY seq LIMIT :max");

	stmt_bind_int(s, ":since", since);
	stmt_bind_int(s, ":max", max > INT64_MAX ? INT64_MAX : (int64_t)max);
	return events_read(s, a, out, n, e);
}

int
event_store_get(struct db *db, struct arena *a, int64_t seq,
    struct event *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM event"
	    " WHERE seq = :seq");
	int rc;

	stmt_bind_int(s, ":seq", seq);
	rc = stmt_step(s, e);
	if (rc > 0)
		*out = row_read(s, a);
	stmt_reset(s);
	return rc;
}

int
event_store_of_patch(struct db *db, struct arena *a, struct str patch_id,
    struct event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM event"
	    " WHERE patch_id = :patch_id ORDER BY seq");

	stmt_bind_str(s, ":patch_id", patch_id);
	return events_read(s, a, out, n, e);
}

int
event_store_of_batch(struct db *db, struct arena *a, struct str batch_id,
    struct event **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM event"
	    " WHERE batch_id = :batch_id AND type <> 'patch_requested'"
	    " ORDER BY seq");

	stmt_bind_str(s, ":batch_id", batch_id);
	return events_read(s, a, out, n, e);
}
