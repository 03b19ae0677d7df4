#include "ledger/retention.h"

#include "base/id.h"
#include "ledger/seal.h"

/* Rows in one transaction: writers wait for it. */
#define STEP_ROWS	1000

const char *const retained_names[RETAIN__MAX] = {
	[RETAIN_LOG] = "log", [RETAIN_DIFFS] = "diffs",
	[RETAIN_EDITS] = "edits", [RETAIN_REPORTS] = "reports",
	[RETAIN_OPS] = "ops",
};

/* A row whose key is a UUID of version 7 is as old as that says. */
#define OLD_PATCH " WHERE patch_id < :floor"
#define OLD_REPORT " AS r WHERE r.created_at < :cutoff AND EXISTS" \
	" (SELECT 1 FROM delivery_reports AS n WHERE n.order_id = r.order_id" \
	" AND n.version > r.version)"
#define STEP " LIMIT :max)"

static const struct rule {
	enum retained what;
	const char *count, *drop;
	const char *bound;	/* ":floor" or ":cutoff" */
} rules[] = {
	{ RETAIN_DIFFS, "SELECT count(*) FROM patch_diff" OLD_PATCH,
	    "DELETE FROM patch_diff WHERE patch_id IN"
	    " (SELECT patch_id FROM patch_diff" OLD_PATCH STEP, ":floor" },
	{ RETAIN_EDITS, "SELECT count(*) FROM file_edit" OLD_PATCH,
	    "DELETE FROM file_edit WHERE id IN"
	    " (SELECT id FROM file_edit" OLD_PATCH STEP, ":floor" },
	{ RETAIN_EDITS, "SELECT count(*) FROM patch_revert" OLD_PATCH,
	    "DELETE FROM patch_revert WHERE patch_id IN"
	    " (SELECT patch_id FROM patch_revert" OLD_PATCH STEP, ":floor" },
	{ RETAIN_REPORTS, "SELECT count(*) FROM delivery_reports" OLD_REPORT,
	    "DELETE FROM delivery_reports WHERE id IN"
	    " (SELECT id FROM delivery_reports" OLD_REPORT STEP, ":cutoff" },
	{ RETAIN_OPS, "SELECT count(*) FROM worker_logs WHERE ts < :cutoff",
	    "DELETE FROM worker_logs WHERE id IN (SELECT id FROM worker_logs"
	    " WHERE ts < :cutoff" STEP, ":cutoff" },
	{ RETAIN_OPS, "SELECT count(*) FROM build_logs WHERE ts < :cutoff",
	    "DELETE FROM build_logs WHERE id IN (SELECT id FROM build_logs"
	    " WHERE ts < :cutoff" STEP, ":cutoff" },
};

static void
bind_bound(struct stmt *s, const struct rule *rule, const struct retention *r,
    const char *floor)
{
	if (rule->bound[1] == 'f')
		stmt_bind_str(s, rule->bound, str(floor));
	else
		stmt_bind_int(s, rule->bound, r->cutoff_ms);
}

int
retention_count(struct db *db, const struct retention *r, int64_t *rows,
    struct err *e)
{
	char floor[UUID_TEXT + 1];
	int64_t first, last, n;

	*rows = 0;
	if (r->what == RETAIN_LOG) {
		if (retention_span(db, r, &first, &last, e) != 0)
			return -1;
		*rows = last < first ? 0 : last - first + 1;
		return 0;
	}
	uuid7_floor(r->cutoff_ms, floor);
	for (size_t i = 0; i < countof(rules); i++) {
		struct stmt *s;

		if (rules[i].what != r->what)
			continue;
		s = db_stmt(db, rules[i].count);
		bind_bound(s, &rules[i], r, floor);
		if (stmt_one_int(s, &n, e) != 0)
			return -1;
		*rows += n;
	}
	return 0;
}

int
retention_step(struct db *db, const struct retention *r, int64_t *rows,
    struct err *e)
{
	char floor[UUID_TEXT + 1];

	*rows = 0;
	if (r->what == RETAIN_LOG)
		return seal_step(db, r, STEP_ROWS, rows, e);
	uuid7_floor(r->cutoff_ms, floor);
	for (size_t i = 0; i < countof(rules) && *rows == 0; i++) {
		struct stmt *s;

		if (rules[i].what != r->what)
			continue;
		s = db_stmt(db, rules[i].drop);
		bind_bound(s, &rules[i], r, floor);
		stmt_bind_int(s, ":max", STEP_ROWS);
		if (stmt_run(s, e) != 0)
			return -1;
		*rows = db_changes(db);
	}
	return 0;
}
