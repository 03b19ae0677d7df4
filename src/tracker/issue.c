#include "tracker/issue.h"

#include "base/clock.h"
#include "model/log_line.h"

#define RUNS_MAX 1000		/* builds that are remembered of one issue */

#define COLUMNS "id, kind, severity, status, worker, repo, run_id, title," \
	" template, error_type, sample, prompt, analysis," \
	" coalesce(proposed_severity, -1), rule, fingerprint," \
	" coalesce(fingerprint_version, 1), fingerprint_inputs, level, count," \
	" runs, regressions, coalesce(first_seen, -1)," \
	" coalesce(last_seen, -1), target, coalesce(gh_issue_number, -1)," \
	" gh_issue_url, coalesce(umbrella_id, -1), claimed_by, created_at," \
	" coalesce(updated_at, -1), coalesce(claimed_at, -1)," \
	" coalesce(resolved_at, -1), told_count"

/* What the column says; the first of them when an older program wrote another. */
static int
named(struct stmt *s, int column, const char *const names[], size_t n)
{
	int i = str_index(stmt_str(s, column), names, n);

	return i < 0 ? 0 : i;
}

static void
row_read(struct stmt *s, struct arena *a, struct ops_issue *i)
{
	*i = (struct ops_issue){
		.id = stmt_int(s, 0),
		.kind = named(s, 1, line_kinds, LINE_KIND__MAX),
		.severity = stmt_int(s, 2),
		.status = named(s, 3, issue_statuses, ISSUE_STATUS__MAX),
		.worker = stmt_copy(s, a, 4), .repo = stmt_copy(s, a, 5),
		.run_id = stmt_copy(s, a, 6), .title = stmt_copy(s, a, 7),
		.template = stmt_copy(s, a, 8),
		.error_type = stmt_copy(s, a, 9),
		.sample = stmt_copy(s, a, 10), .prompt = stmt_copy(s, a, 11),
		.analysis = stmt_copy(s, a, 12),
		.proposed_severity = stmt_int(s, 13),
		.rule = stmt_copy(s, a, 14),
		.fingerprint = stmt_copy(s, a, 15),
		.fingerprint_version = stmt_int(s, 16),
		.inputs = stmt_copy(s, a, 17), .level = (int)stmt_int(s, 18),
		.count = stmt_int(s, 19), .runs = stmt_int(s, 20),
		.regressions = stmt_int(s, 21),
		.first_seen_ms = stmt_int(s, 22),
		.last_seen_ms = stmt_int(s, 23),
		.target = stmt_copy(s, a, 24), .gh_number = stmt_int(s, 25),
		.gh_url = stmt_copy(s, a, 26),
		.umbrella_id = stmt_int(s, 27),
		.claimed_by = stmt_copy(s, a, 28),
		.created_ms = stmt_int(s, 29), .updated_ms = stmt_int(s, 30),
		.claimed_ms = stmt_int(s, 31),
		.resolved_ms = stmt_int(s, 32),
		.told_count = stmt_int(s, 33),
	};
}

static int
one(struct stmt *s, struct arena *a, struct ops_issue *out, struct err *e)
{
	int rc = stmt_step(s, e);

	if (rc > 0)
		row_read(s, a, out);
	stmt_reset(s);
	return rc;
}

static int
all(struct stmt *s, struct arena *a, struct ops_issue **out, size_t *n,
    struct err *e)
{
	struct ops_issue *rows = NULL;
	int rc;

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
issue_get(struct db *db, struct arena *a, int64_t id, struct ops_issue *out,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_issues"
	    " WHERE id = :id");

	stmt_bind_int(s, ":id", id);
	return one(s, a, out, e);
}

int
issue_find(struct db *db, struct arena *a, struct str target,
    struct str fingerprint, struct ops_issue *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_issues"
	    " WHERE target = :target AND fingerprint = :fingerprint");

	stmt_bind_str(s, ":target", target);
	stmt_bind_str(s, ":fingerprint", fingerprint);
	return one(s, a, out, e);
}

int
issue_find_number(struct db *db, struct arena *a, struct str target,
    int64_t gh_number, struct ops_issue *out, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_issues"
	    " WHERE target = :target AND gh_issue_number = :number");

	stmt_bind_str(s, ":target", target);
	stmt_bind_int(s, ":number", gh_number);
	return one(s, a, out, e);
}

int
issue_list(struct db *db, struct arena *a, const struct issue_query *q,
    struct ops_issue **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_issues"
	    " WHERE id < :below"
	    " AND (:status IS NULL OR status = :status)"
	    " AND (:severity IS NULL OR severity = :severity)"
	    " AND (:kind IS NULL OR kind = :kind)"
	    " AND (:repo IS NULL OR repo = :repo OR target = :repo)"
	    " AND (:worker IS NULL OR worker = :worker)"
	    " AND (:fingerprint IS NULL OR fingerprint = :fingerprint)"
	    " ORDER BY id DESC LIMIT :limit");

	stmt_bind_int(s, ":below", q->below_id ? q->below_id : INT64_MAX);
	stmt_bind_str(s, ":status", q->status ?
	    str(issue_statuses[q->status - 1]) : STR_NONE);
	if (q->severity < 0)
		stmt_bind_null(s, ":severity");
	else
		stmt_bind_int(s, ":severity", q->severity);
	stmt_bind_str(s, ":kind", q->kind ? str(line_kinds[q->kind - 1]) :
	    STR_NONE);
	stmt_bind_str(s, ":repo", q->repo);
	stmt_bind_str(s, ":worker", q->worker);
	stmt_bind_str(s, ":fingerprint", q->fingerprint);
	stmt_bind_int(s, ":limit", q->limit);
	return all(s, a, out, n, e);
}

int
issue_insert(struct db *db, struct ops_issue *i, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO ops_issues (kind, severity,"
	    " status, worker, repo, run_id, title, template, error_type,"
	    " sample, rule, fingerprint, fingerprint_version,"
	    " fingerprint_inputs, level, target, created_at, updated_at)"
	    " VALUES (:kind, :severity, :status, :worker, :repo, :run_id,"
	    " :title, :template, :error_type, :sample, :rule, :fingerprint,"
	    " :version, :inputs, :level, :target, :now, :now) RETURNING id");

	i->created_ms = i->updated_ms = clock_now_ms();
	stmt_bind_str(s, ":kind", str(line_kinds[i->kind]));
	stmt_bind_int(s, ":severity", i->severity);
	stmt_bind_str(s, ":status", str(issue_statuses[i->status]));
	stmt_bind_str(s, ":worker", i->worker);
	stmt_bind_str(s, ":repo", i->repo);
	stmt_bind_str(s, ":run_id", i->run_id);
	stmt_bind_str(s, ":title", i->title);
	stmt_bind_str(s, ":template", i->template);
	stmt_bind_str(s, ":error_type", i->error_type);
	stmt_bind_str(s, ":sample", i->sample);
	stmt_bind_str(s, ":rule", i->rule);
	stmt_bind_str(s, ":fingerprint", i->fingerprint);
	stmt_bind_int(s, ":version", i->fingerprint_version);
	stmt_bind_str(s, ":inputs", i->inputs);
	stmt_bind_int(s, ":level", i->level);
	stmt_bind_str(s, ":target", i->target);
	stmt_bind_int(s, ":now", i->created_ms);
	return stmt_one_int(s, &i->id, e);
}

int
issue_seen(struct db *db, int64_t id, int64_t n, int64_t first_ms,
    int64_t last_ms, int level, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET count = count + :n,"
	    " first_seen = min(coalesce(first_seen, :first), :first),"
	    " last_seen = max(coalesce(last_seen, :last), :last),"
	    " level = max(level, :level), updated_at = :now WHERE id = :id");

	stmt_bind_int(s, ":n", n);
	stmt_bind_int(s, ":first", first_ms);
	stmt_bind_int(s, ":last", last_ms);
	stmt_bind_int(s, ":level", level);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}

int
issue_run(struct db *db, int64_t id, struct str run_id, struct err *e)
{
	struct stmt *s = db_stmt(db, "INSERT INTO ops_issue_run (issue_id,"
	    " run_id) SELECT :id, :run WHERE (SELECT runs FROM ops_issues"
	    " WHERE id = :id) < :most ON CONFLICT DO NOTHING");

	stmt_bind_int(s, ":id", id);
	stmt_bind_str(s, ":run", run_id);
	stmt_bind_int(s, ":most", RUNS_MAX);
	if (stmt_run(s, e) != 0)
		return -1;
	if (db_changes(db) == 0)
		return 0;
	s = db_stmt(db, "UPDATE ops_issues SET runs = runs + 1"
	    " WHERE id = :id");
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e) != 0 ? -1 : 1;
}

int
issue_move(struct db *db, int64_t id, enum issue_status from,
    enum issue_status to, struct str by, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET status = :to,"
	    " updated_at = :now,"
	    " claimed_by = CASE WHEN :to = 'in_progress' THEN :by"
	    "  WHEN :to = 'open' THEN NULL ELSE claimed_by END,"
	    " claimed_at = CASE WHEN :to = 'in_progress' THEN :now"
	    "  WHEN :to = 'open' THEN NULL ELSE claimed_at END,"
	    " resolved_at = CASE WHEN :to IN ('resolved', 'closed') THEN"
	    "  coalesce(resolved_at, :now) ELSE NULL END"
	    " WHERE id = :id AND status = :from");

	stmt_bind_str(s, ":to", str(issue_statuses[to]));
	stmt_bind_str(s, ":from", str(issue_statuses[from]));
	stmt_bind_str(s, ":by", by);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e) != 0 ? -1 : db_changes(db) > 0;
}

int
issue_regress(struct db *db, int64_t id, enum issue_status from,
    struct err *e)
{
	int rc = issue_move(db, id, from, ISSUE_OPEN, STR_NONE, e);
	struct stmt *s;

	if (rc <= 0)
		return rc;
	s = db_stmt(db, "UPDATE ops_issues SET regressions = regressions + 1"
	    " WHERE id = :id");
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e) != 0 ? -1 : 1;
}

int
issue_severity(struct db *db, int64_t id, int64_t severity, struct str rule,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " severity = :severity, rule = :rule, updated_at = :now"
	    " WHERE id = :id");

	stmt_bind_int(s, ":severity", severity);
	stmt_bind_str(s, ":rule", rule);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}

int
issue_judged(struct db *db, int64_t id, struct str analysis,
    struct str prompt, int64_t proposed, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " analysis = coalesce(:analysis, analysis),"
	    " prompt = coalesce(:prompt, prompt),"
	    " proposed_severity = nullif(:proposed, -1), judged_at = :now,"
	    " updated_at = :now WHERE id = :id");

	stmt_bind_str(s, ":analysis", analysis);
	stmt_bind_str(s, ":prompt", prompt);
	stmt_bind_int(s, ":proposed", proposed);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}

int
issue_filed(struct db *db, int64_t id, int64_t gh_number, struct str gh_url,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " gh_issue_number = :number, gh_issue_url = :url,"
	    " updated_at = :now WHERE id = :id");

	stmt_bind_int(s, ":number", gh_number);
	stmt_bind_str(s, ":url", gh_url);
	stmt_bind_int(s, ":now", clock_now_ms());
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}

int
issue_under(struct db *db, int64_t id, int64_t umbrella_id, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " umbrella_id = :umbrella WHERE id = :id");

	stmt_bind_int(s, ":umbrella", umbrella_id);
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}

int
issue_told(struct db *db, int64_t id, int64_t count, struct err *e)
{
	struct stmt *s = db_stmt(db, "UPDATE ops_issues SET"
	    " told_count = :count WHERE id = :id");

	stmt_bind_int(s, ":count", count);
	stmt_bind_int(s, ":id", id);
	return stmt_run(s, e);
}

int
issue_unjudged(struct db *db, struct arena *a, int64_t above_id, size_t max,
    struct ops_issue **out, size_t *n, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_issues"
	    " WHERE judged_at IS NULL AND id > :above ORDER BY id"
	    " LIMIT :max");

	stmt_bind_int(s, ":above", above_id);
	stmt_bind_int(s, ":max", (int64_t)max);
	return all(s, a, out, n, e);
}

int
issue_unfiled(struct db *db, struct arena *a, struct str target,
    int64_t up_to_severity, size_t max, struct ops_issue **out, size_t *n,
    struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT " COLUMNS " FROM ops_issues"
	    " WHERE gh_issue_number IS NULL AND fingerprint IS NOT NULL"
	    " AND umbrella_id IS NULL AND target = :target"
	    " AND severity <= :severity"
	    " AND status IN ('open', 'triaged', 'in_progress')"
	    " ORDER BY severity, id LIMIT :max");

	stmt_bind_str(s, ":target", target);
	stmt_bind_int(s, ":severity", up_to_severity);
	stmt_bind_int(s, ":max", (int64_t)max);
	return all(s, a, out, n, e);
}

int
issue_tallies(struct db *db, struct arena *a, struct issue_tally **out,
    size_t *n, struct err *e)
{
	/* a row for each group of lines, not for each line */
	struct stmt *s = db_stmt(db, "SELECT status, severity, count(*)"
	    " FROM ops_issues GROUP BY status, severity"
	    " ORDER BY status, severity");
	struct issue_tally *rows = NULL;
	int rc;

	*n = 0;
	while ((rc = stmt_step(s, e)) > 0) {
		rows = rows_room(a, rows, *n, sizeof(*rows));
		rows[(*n)++] = (struct issue_tally){
			named(s, 0, issue_statuses, ISSUE_STATUS__MAX),
			stmt_int(s, 1), stmt_int(s, 2) };
	}
	stmt_reset(s);
	*out = rows;
	return rc;
}
