#include "store/event_store.h"

#include <stdio.h>

#include "store/db_private.h"

enum { COL_SEQ, COL_TYPE, COL_TS, COL_PAYLOAD, COL_BATCH, COL_PATCH, COL_ORDER,
	COL_TASK, COL_REQUESTER, COL_WORKSPACE, COL_FILE, COL_OP, COL_HASH,
	COL__MAX };

#define COLUMNS "seq, type, ts_ms, payload, batch_id, patch_id, order_id," \
	" task_id, requester, workspace, file, op"

/* Three pieces for each column that is hashed: length, bytes, comma. */
#define PIECES	(1 + COL_HASH * 3)

/* A decimal int64_t with sign, ':' and NUL. */
#define NUMBER_BYTES	24

/* "123:", from the end of the room for it: a batch hashes thousands of them. */
static struct str
length_write(char room[NUMBER_BYTES], size_t n)
{
	char *p = room + NUMBER_BYTES;

	*--p = ':';
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	return str_n(p, (size_t)(room + NUMBER_BYTES - p));
}

static struct sha256
row_hash(const struct sha256 *before, const struct str *column)
{
	struct str piece[PIECES];
	char length[COL_HASH][NUMBER_BYTES];
	size_t n = 0;

	piece[n++] = str_n((const char *)before->b, sizeof(before->b));
	for (size_t i = 0; i < COL_HASH; i++) {
		if (!column[i].p) {
			piece[n++] = STR("-,");
			continue;
		}
		piece[n++] = length_write(length[i], column[i].len);
		piece[n++] = column[i];
		piece[n++] = STR(",");
	}
	return sha256_of_parts(piece, n);
}

static int
genesis_read(struct db *db, struct sha256 *out, struct err *e)
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

/* The highest seq ever given, which the last row need not have any more. */
static int
given_read(struct db *db, int64_t *seq, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT coalesce(max(seq), 0)"
	    " FROM sqlite_sequence WHERE name = 'event'"), seq, e);
}

static int
head_read(struct db *db, struct err *e)
{
	struct stmt *s;
	struct str hash;
	int rc;

	if (given_read(db, &db->head_seq, e) != 0)
		return -1;
	s = db_stmt(db, "SELECT hash FROM event"
	    " WHERE seq = (SELECT max(seq) FROM event)");
	rc = stmt_step(s, e);
	if (rc < 0)
		return -1;
	if (rc == 0 && genesis_read(db, &db->head_hash, e) != 0)
		return -1;
	if (rc == 1) {
		hash = stmt_str(s, 0);
		if (hash.len == SHA256_BYTES)
			memcpy(db->head_hash.b, hash.p, SHA256_BYTES);
	}
	stmt_reset(s);
	db->head_known = true;
	return 0;
}

int
event_store_append(struct db *db, struct event *ev, struct err *e)
{
	char seq[NUMBER_BYTES], ts[NUMBER_BYTES];
	struct str type = str(event_name(ev->type));
	struct sha256 hash;
	struct stmt *s;

	if (!db->writing)
		return err_set(e, ERR_INTERNAL, "an event outside of a"
		    " transaction");
	if (!db->head_known && head_read(db, e) != 0)
		return -1;
	snprintf(seq, sizeof(seq), "%lld", (long long)db->head_seq + 1);
	snprintf(ts, sizeof(ts), "%lld", (long long)ev->ts_ms);
	hash = row_hash(&db->head_hash, (const struct str[COL_HASH]){
	    str(seq), type, str(ts), ev->payload, ev->batch_id, ev->patch_id,
	    ev->order_id, ev->task_id, ev->requester, ev->workspace, ev->file,
	    ev->op });
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
	return stmt_one_int(db_stmt(db, "SELECT coalesce(max(seq), 0)"
	    " FROM event"), seq, e);
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

/* Whether the row fits behind `before`, which becomes its hash. */
static bool
row_holds(struct stmt *s, int64_t want, struct sha256 *before,
    struct event_verdict *v)
{
	struct str column[COL__MAX], kept;
	char seq[NUMBER_BYTES], ts[NUMBER_BYTES];
	struct sha256 hash;

	if (stmt_int(s, COL_SEQ) != want) {
		v->first_bad = want;
		snprintf(v->what, sizeof(v->what), "seq %lld is missing; the"
		    " next row is %lld", (long long)want,
		    (long long)stmt_int(s, COL_SEQ));
		return false;
	}
	for (int i = COL_TYPE; i < COL__MAX; i++)
		if (i != COL_TS)
			column[i] = stmt_str(s, i);
	snprintf(seq, sizeof(seq), "%lld", (long long)want);
	snprintf(ts, sizeof(ts), "%lld", (long long)stmt_int(s, COL_TS));
	column[COL_SEQ] = str(seq);
	column[COL_TS] = str(ts);
	hash = row_hash(before, column);
	kept = column[COL_HASH];
	if (!str_eq(kept, str_n((const char *)hash.b, sizeof(hash.b)))) {
		v->first_bad = want;
		snprintf(v->what, sizeof(v->what), "the hash of seq %lld does"
		    " not fit: it, or the hash before it, was altered",
		    (long long)want);
		return false;
	}
	*before = hash;
	return true;
}

static int
chain_walk(struct db *db, struct event_verdict *v, struct err *e)
{
	struct sha256 before;
	struct stmt *s;
	int64_t given;
	int rc;

	if (genesis_read(db, &before, e) != 0 ||
	    given_read(db, &given, e) != 0)
		return -1;
	s = db_stmt(db, "SELECT " COLUMNS ", hash FROM event"
	    " /* whole table: each row is hashed */ ORDER BY seq");
	while ((rc = stmt_step(s, e)) > 0) {
		if (!row_holds(s, v->rows + 1, &before, v)) {
			stmt_reset(s);
			return 0;
		}
		v->rows++;
	}
	if (rc == 0 && v->rows < given) {
		v->first_bad = v->rows + 1;
		snprintf(v->what, sizeof(v->what), "seq %lld to %lld at the"
		    " end are missing", (long long)v->rows + 1,
		    (long long)given);
	}
	return rc;
}

int
event_store_verify(struct db *db, struct event_verdict *v, struct err *e)
{
	bool own = !db_in_transaction(db);
	int rc;

	*v = (struct event_verdict){ 0 };
	if (own && db_read_begin(db, e) != 0)
		return -1;
	rc = chain_walk(db, v, e);
	if (own)
		db_read_end(db);
	return rc;
}
