#include "store/producer_event.h"

int
producer_event_find(struct db *db, struct str client_id, int64_t *seq,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT seq FROM producer_event"
	    " WHERE client_id = :client_id");
	int rc;

	stmt_bind_str(s, ":client_id", client_id);
	rc = stmt_step(s, e);
	if (rc > 0)
		*seq = stmt_int(s, 0);
	stmt_reset(s);
	return rc;
}

int
producer_event_has(struct db *db, int64_t seq, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT 1 FROM producer_event"
	    " WHERE seq = :seq");
	int rc;

	stmt_bind_int(s, ":seq", seq);
	rc = stmt_step(s, e);
	stmt_reset(s);
	return rc;
}

int
producer_event_insert(struct db *db, struct str client_id, int64_t seq,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO producer_event"
	    " (client_id, seq) VALUES (:client_id, :seq)");

	stmt_bind_str(s, ":client_id", client_id);
	stmt_bind_int(s, ":seq", seq);
	return stmt_run(s, e);
}
