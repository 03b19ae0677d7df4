#include "ledger/report_store.h"

#include "base/hash.h"

#define COLUMNS "r.id, r.order_id, r.version, r.as_of_seq, r.as_of_hash," \
	" r.epoch, r.report_md, r.report_json, r.ok_patches," \
	" r.total_patches, r.created_at"

static struct str
hash_bytes(const struct sha256 *h)
{
	return str_n((const char *)h->b, sizeof(h->b));
}

static struct str
hash_text(struct arena *a, struct str bytes)
{
	struct sha256 h;

	if (bytes.len != sizeof(h.b))
		return STR_NONE;
	memcpy(h.b, bytes.p, sizeof(h.b));
	return sha256_hex(a, h);
}

static struct report_row
row_read(struct stmt *s, struct arena *a)
{
	return (struct report_row){
		.id = stmt_int(s, 0),
		.order_id = stmt_copy(s, a, 1),
		.version = stmt_int(s, 2),
		.as_of = { stmt_int(s, 3), hash_text(a, stmt_str(s, 4)),
		    stmt_copy(s, a, 5), -1 },
		.report_md = stmt_copy(s, a, 6),
		.report_json = stmt_copy(s, a, 7),
		.ok_patches = stmt_int(s, 8),
		.total_patches = stmt_int(s, 9),
		.created_at = stmt_int(s, 10),
	};
}

static int
one_read(struct stmt *s, struct arena *a, struct report_row *out,
    struct err *e)
{
	int rc = stmt_step(s, e);

	if (rc > 0)
		*out = row_read(s, a);
	stmt_reset(s);
	return rc;
}

static int
rows_read(struct stmt *s, struct arena *a, struct report_row **out,
    size_t *n, struct err *e)
{
	struct report_row *rows = NULL;
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
report_store_insert(struct db *db, struct report_row *r, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO delivery_reports (order_id,"
	    " version, as_of_seq, as_of_hash, epoch, report_md, report_json,"
	    " ok_patches, total_patches, created_at) VALUES (:order_id,"
	    " :version, :as_of_seq, :as_of_hash, :epoch, :report_md,"
	    " :report_json, :ok_patches, :total_patches, :created_at)"
	    " RETURNING id");
	struct sha256 hash;

	if (!sha256_parse(r->as_of.hash, &hash))
		return err_set(e, ERR_INTERNAL, "a report has no hash of the"
		    " chain");
	stmt_bind_str(s, ":order_id", r->order_id);
	stmt_bind_int(s, ":version", r->version);
	stmt_bind_int(s, ":as_of_seq", r->as_of.seq);
	stmt_bind_blob(s, ":as_of_hash", hash_bytes(&hash));
	stmt_bind_str(s, ":epoch", r->as_of.epoch);
	stmt_bind_str(s, ":report_md", r->report_md);
	stmt_bind_str(s, ":report_json", r->report_json);
	stmt_bind_int(s, ":ok_patches", r->ok_patches);
	stmt_bind_int(s, ":total_patches", r->total_patches);
	stmt_bind_int(s, ":created_at", r->created_at);
	return stmt_one_int(s, &r->id, e);
}

int
report_store_find(struct db *db, struct arena *a, struct str order_id,
    const struct report_position *as_of, struct report_row *out,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS
	    " FROM delivery_reports AS r WHERE r.order_id = :order_id"
	    " AND r.as_of_seq = :as_of_seq AND r.as_of_hash = :as_of_hash"
	    " ORDER BY r.version DESC LIMIT 1");
	struct sha256 hash;

	if (!sha256_parse(as_of->hash, &hash))
		return 0;
	stmt_bind_str(s, ":order_id", order_id);
	stmt_bind_int(s, ":as_of_seq", as_of->seq);
	stmt_bind_blob(s, ":as_of_hash", hash_bytes(&hash));
	return one_read(s, a, out, e);
}

int
report_store_newest(struct db *db, struct arena *a, struct str order_id,
    struct report_row *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS
	    " FROM delivery_reports AS r WHERE r.order_id = :order_id"
	    " ORDER BY r.version DESC LIMIT 1");

	stmt_bind_str(s, ":order_id", order_id);
	return one_read(s, a, out, e);
}

int
report_store_get(struct db *db, struct arena *a, struct str order_id,
    int64_t version, struct report_row *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS
	    " FROM delivery_reports AS r WHERE r.order_id = :order_id"
	    " AND r.version = :version");

	stmt_bind_str(s, ":order_id", order_id);
	stmt_bind_int(s, ":version", version);
	return one_read(s, a, out, e);
}

int
report_store_recent(struct db *db, struct arena *a, int64_t before_id,
    size_t max, struct report_row **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS
	    " FROM delivery_reports AS r WHERE r.id < :before AND NOT EXISTS"
	    " (SELECT 1 FROM delivery_reports AS later"
	    " WHERE later.order_id = r.order_id AND later.version > r.version)"
	    " ORDER BY r.id DESC LIMIT :max");

	stmt_bind_int(s, ":before", before_id > 0 ? before_id : INT64_MAX);
	stmt_bind_int(s, ":max", (int64_t)max);
	return rows_read(s, a, out, n, e);
}

int
report_store_versions(struct db *db, struct arena *a, struct str order_id,
    int64_t before, size_t max, struct report_row **out, size_t *n,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS
	    " FROM delivery_reports AS r WHERE r.order_id = :order_id"
	    " AND r.version < :before ORDER BY r.version DESC LIMIT :max");

	stmt_bind_str(s, ":order_id", order_id);
	stmt_bind_int(s, ":before", before > 0 ? before : INT64_MAX);
	stmt_bind_int(s, ":max", (int64_t)max);
	return rows_read(s, a, out, n, e);
}
