#include "tracker/outbox.h"

#include "base/clock.h"

static const char *const kinds[OUTBOX_KIND__MAX] = {
	"create", "comment", "update"
};
static const char *const states[OUTBOX_STATE__MAX] = {
	"waiting", "sent", "unsure", "done", "dead"
};

int
outbox_add(struct db *db, const struct outbox_row *r, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO github_outbox (kind,"
	    " issue_id, target, once, body, state, next_at, created_at)"
	    " VALUES (:kind, :issue, :target, :once, :body, 'waiting', :next,"
	    " :now) ON CONFLICT (once) DO NOTHING");

	stmt_bind_str(s, ":kind", str(kinds[r->kind]));
	stmt_bind_int(s, ":issue", r->issue_id);
	stmt_bind_str(s, ":target", r->target);
	stmt_bind_str(s, ":once", r->once);
	stmt_bind_str(s, ":body", r->body);
	stmt_bind_int(s, ":next", r->next_ms);
	stmt_bind_int(s, ":now", clock_now_ms());
	return stmt_run(s, e) != 0 ? -1 : db_changes(db) > 0;
}

int
outbox_known(struct db *db, struct str once, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT 1 FROM github_outbox"
	    " WHERE once = :once");
	int rc;

	stmt_bind_str(s, ":once", once);
	rc = stmt_step(s, e);
	stmt_reset(s);
	return rc;
}

#define COLUMNS "id, kind, state, issue_id, target, once, body, tries," \
	" looked, next_at, error"

static void
row_read(struct stmt *s, struct arena *a, struct outbox_row *out)
{
	*out = (struct outbox_row){ .id = stmt_int(s, 0),
	    .kind = str_index(stmt_str(s, 1), kinds, OUTBOX_KIND__MAX),
	    .state = str_index(stmt_str(s, 2), states, OUTBOX_STATE__MAX),
	    .issue_id = stmt_int(s, 3), .target = stmt_copy(s, a, 4),
	    .once = stmt_copy(s, a, 5), .body = stmt_copy(s, a, 6),
	    .tries = stmt_int(s, 7), .looked = stmt_int(s, 8),
	    .next_ms = stmt_int(s, 9), .error = stmt_copy(s, a, 10) };
}

/* Of an issue only the first open row: what is said later may depend on it. */
#define FIRST_OPEN " FROM github_outbox AS o" \
	" WHERE o.state IN ('waiting', 'sent', 'unsure')" \
	" AND NOT EXISTS (SELECT 1 FROM github_outbox AS b" \
	"  WHERE b.issue_id = o.issue_id AND b.id < o.id" \
	"  AND b.state IN ('waiting', 'sent', 'unsure'))"

int
outbox_due(struct db *db, struct arena *a, int64_t now_ms,
    struct outbox_row *out, int64_t *next_ms, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS FIRST_OPEN
	    " ORDER BY o.next_at, o.id LIMIT 1");
	int rc = stmt_step(s, e);

	if (next_ms)
		*next_ms = -1;
	if (rc > 0) {
		row_read(s, a, out);
		if (next_ms)
			*next_ms = out->next_ms;
		rc = out->next_ms <= now_ms;
	}
	stmt_reset(s);
	return rc;
}

int
outbox_waiting(struct db *db, struct arena *a, size_t max,
    struct outbox_row **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS
	    " FROM github_outbox WHERE state IN ('waiting', 'sent', 'unsure')"
	    " ORDER BY next_at, id LIMIT :max");
	struct outbox_row *rows = NULL;
	int rc;

	stmt_bind_int(s, ":max", (int64_t)max);
	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		row_read(s, a, &rows[(*n)++]);
	}
	stmt_reset(s);
	*out = rows;
	return rc;
}

int
outbox_put(struct db *db, const struct outbox_row *r, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE github_outbox SET state = :state,"
	    " tries = :tries, looked = :looked, next_at = :next,"
	    " error = :error, done_at = CASE WHEN :state IN ('done', 'dead')"
	    " THEN :now END WHERE id = :id");

	stmt_bind_str(s, ":state", str(states[r->state]));
	stmt_bind_int(s, ":tries", r->tries);
	stmt_bind_int(s, ":looked", r->looked);
	stmt_bind_int(s, ":next", r->next_ms);
	stmt_bind_str(s, ":error", r->error);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", r->id);
	return stmt_run(s, e);
}

int
outbox_orphans(struct db *db, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE github_outbox SET"
	    " state = 'unsure', looked = 0, error = 'its sender ended before"
	    " it had an answer' WHERE state = 'sent'");

	return stmt_run(s, e);
}

int
outbox_open(struct db *db, int64_t *n, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT count(*) FROM github_outbox"
	    " WHERE state IN ('waiting', 'sent', 'unsure')"), n, e);
}
