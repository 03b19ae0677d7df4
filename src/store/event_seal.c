#include "store/event_seal.h"

#include "store/db_private.h"

#define COLUMNS "last_seq, first_seq, last_hash, rows, sealed_at"

static int
seal_read(struct stmt *s, struct event_seal *out, struct err *e)
{
	int rc = stmt_step(s, e);
	struct str hash;

	if (rc <= 0)
		return rc;
	out->last_seq = stmt_int(s, 0);
	out->first_seq = stmt_int(s, 1);
	hash = stmt_str(s, 2);
	if (hash.len == sizeof(out->last_hash.b))
		memcpy(out->last_hash.b, hash.p, hash.len);
	out->rows = stmt_int(s, 3);
	out->sealed_ms = stmt_int(s, 4);
	stmt_reset(s);
	return 1;
}

int
event_seal_newest(struct db *db, struct event_seal *out, struct err *e)
{
	*out = (struct event_seal){ 0 };
	return seal_read(db_stmt(db, "SELECT " COLUMNS " FROM event_seal"
	    " ORDER BY last_seq DESC LIMIT 1"), out, e);
}

int
event_seal_at(struct db *db, int64_t seq, struct event_seal *out,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM event_seal"
	    " WHERE last_seq = :seq");

	*out = (struct event_seal){ 0 };
	stmt_bind_int(s, ":seq", seq);
	return seal_read(s, out, e);
}

int
event_seal_insert(struct db *db, const struct event_seal *seal, struct err *e)
{
	struct event_seal last;
	struct stmt *s;

	if (event_seal_newest(db, &last, e) < 0)
		return -1;
	if (seal->first_seq != last.last_seq + 1 ||
	    seal->last_seq < seal->first_seq ||
	    seal->rows != seal->last_seq - seal->first_seq + 1)
		return err_set(e, ERR_INTERNAL, "a seal of %lld events %lld to"
		    " %lld behind one that ends in %lld",
		    (long long)seal->rows, (long long)seal->first_seq,
		    (long long)seal->last_seq, (long long)last.last_seq);
	s = db_stmt(db, "INSERT INTO event_seal (" COLUMNS ") VALUES (:last,"
	    " :first, :hash, :rows, :at)");
	stmt_bind_int(s, ":last", seal->last_seq);
	stmt_bind_int(s, ":first", seal->first_seq);
	stmt_bind_blob(s, ":hash", str_n((const char *)seal->last_hash.b,
	    sizeof(seal->last_hash.b)));
	stmt_bind_int(s, ":rows", seal->rows);
	stmt_bind_int(s, ":at", seal->sealed_ms);
	return stmt_run(s, e);
}

int
event_seal_check(struct db *db, int64_t *rows, int64_t *bad, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT first_seq, last_seq, rows"
	    " FROM event_seal ORDER BY last_seq");
	int64_t next = 1;
	int rc;

	*rows = *bad = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		int64_t first = stmt_int(s, 0), last = stmt_int(s, 1);

		if (!*bad && (first != next || last < first ||
		    stmt_int(s, 2) != last - first + 1))
			*bad = next;
		*rows += stmt_int(s, 2);
		next = last + 1;
	}
	return rc;
}
