#include "base/clock.h"
#include "tracker/issue.h"

int
issue_of_lines(struct db *db, struct arena *a, struct str target,
    struct str fingerprint, struct ops_issue *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT issue_id FROM ops_issue_alias"
	    " WHERE target = :target AND fingerprint = :fingerprint");
	int64_t id = 0;
	int rc;

	stmt_bind_str(s, ":target", target);
	stmt_bind_str(s, ":fingerprint", fingerprint);
	rc = stmt_step(s, e);
	if (rc > 0)
		id = stmt_int(s, 0);
	stmt_reset(s);
	if (rc < 0)
		return -1;
	return id ? issue_get(db, a, id, out, e) :
	    issue_find(db, a, target, fingerprint, out, e);
}

/* One statement that turns what is of `one` into what is of `into`. */
static int
turn(struct stmt *s, int64_t one, int64_t into, struct err *e)
{
	stmt_bind_int(s, ":one", one);
	stmt_bind_int(s, ":into", into);
	return stmt_run(s, e);
}

static int
turn_lines(struct db *db, int64_t one, int64_t into, struct err *e)
{
	if (turn(db_stmt(db, "UPDATE worker_logs SET issue_id = :into"
	    " WHERE issue_id = :one"), one, into, e) != 0 ||
	    turn(db_stmt(db, "UPDATE build_logs SET issue_id = :into"
	    " WHERE issue_id = :one"), one, into, e) != 0 ||
	    turn(db_stmt(db, "INSERT OR IGNORE INTO ops_issue_run (issue_id,"
	    " run_id) SELECT :into, run_id FROM ops_issue_run"
	    " WHERE issue_id = :one"), one, into, e) != 0)
		return -1;
	return turn(db_stmt(db, "UPDATE ops_issue_alias SET issue_id = :into"
	    " WHERE issue_id = :one"), one, into, e);
}

static int
turn_sums(struct db *db, const struct ops_issue *one, int64_t into,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " runs = (SELECT count(*) FROM ops_issue_run"
	    "  WHERE issue_id = :into) WHERE id = :into");

	stmt_bind_int(s, ":into", into);
	if (stmt_run(s, e) != 0)
		return -1;
	if (one->count == 0)
		return 0;
	return issue_seen(db, into, one->count, one->first_seen_ms,
	    one->last_seen_ms, one->level, e);
}

int
issue_merge(struct db *db, const struct ops_issue *one,
    const struct ops_issue *into, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO ops_issue_alias (target,"
	    " fingerprint, issue_id) VALUES (:target, :fingerprint, :into)"
	    " ON CONFLICT (target, fingerprint) DO UPDATE SET"
	    " issue_id = excluded.issue_id");

	stmt_bind_str(s, ":target", one->target);
	stmt_bind_str(s, ":fingerprint", one->fingerprint);
	stmt_bind_int(s, ":into", into->id);
	if (stmt_run(s, e) != 0 ||
	    turn_lines(db, one->id, into->id, e) != 0 ||
	    turn_sums(db, one, into->id, e) != 0)
		return -1;
	s = db_stmt(db, "UPDATE ops_issues SET umbrella_id = :into,"
	    " status = 'closed', count = 0, runs = 0, resolved_at = :now,"
	    " updated_at = :now WHERE id = :one");
	stmt_bind_int(s, ":now", clock_now_ms());
	return turn(s, one->id, into->id, e);
}

/* Parts that stand alone again come back with the next of their lines, however
 * old it is. */
int
issue_split(struct db *db, int64_t id, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " umbrella_id = NULL, resolved_at = 0, updated_at = :now"
	    " WHERE id IN (SELECT i.id FROM ops_issue_alias AS a"
	    "  JOIN ops_issues AS i ON i.target = a.target"
	    "  AND i.fingerprint = a.fingerprint WHERE a.issue_id = :id)");

	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", id);
	if (stmt_run(s, e) != 0)
		return -1;
	s = db_stmt(db, "DELETE FROM ops_issue_alias WHERE issue_id = :id");
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}
