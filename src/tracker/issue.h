/* issue.h - table ops_issues: groups of lines, one for each fingerprint and
 * repository in which it is filed.
 *
 * Functions that look for one return 1 with *out (strings from the arena), 0
 * when there is none, -1.  Those that write are for db_begin(). */
#ifndef TRACKER_ISSUE_H
#define TRACKER_ISSUE_H

#include "model/ops_issue.h"
#include "store/db.h"

int issue_get(struct db *db, struct arena *a, int64_t id,
    struct ops_issue *out, struct err *e);
int issue_find(struct db *db, struct arena *a, struct str target,
    struct str fingerprint, struct ops_issue *out, struct err *e);
int issue_find_number(struct db *db, struct arena *a, struct str target,
    int64_t gh_number, struct ops_issue *out, struct err *e);
/* Newest first. */
int issue_list(struct db *db, struct arena *a, const struct issue_query *q,
    struct ops_issue **out, size_t *n, struct err *e);

/* The issue whose lines have that fingerprint: by hand another than its own. */
int issue_of_lines(struct db *db, struct arena *a, struct str target,
    struct str fingerprint, struct ops_issue *out, struct err *e);
/* By hand: what is one becomes a part of into, its lines and builds too, and
 * those of what had become a part of it before. */
int issue_merge(struct db *db, const struct ops_issue *one,
    const struct ops_issue *into, struct err *e);
/* Lines to come make issues of their own again. */
int issue_split(struct db *db, int64_t id, struct err *e);

/* Sets i->id. */
int issue_insert(struct db *db, struct ops_issue *i, struct err *e);
/* n more lines, the last at last_ms, the worst of that level. */
int issue_seen(struct db *db, int64_t id, int64_t n, int64_t first_ms,
    int64_t last_ms, int level, struct err *e);
/* This build showed it too: 1; 0 when that was known, or so many did that one
 * more tells nothing. */
int issue_run(struct db *db, int64_t id, struct str run_id, struct err *e);

/* Compare and set: 1 when it stood at `from` and is at `to` now.  to IN_PROGRESS
 * takes `by`; leaving that forgets who claimed it. */
int issue_move(struct db *db, int64_t id, enum issue_status from,
    enum issue_status to, struct str by, struct err *e);
/* The same, and it is counted as a regression. */
int issue_regress(struct db *db, int64_t id, enum issue_status from,
    struct err *e);
int issue_severity(struct db *db, int64_t id, int64_t severity,
    struct str rule, struct err *e);
/* proposed: -1, none. */
int issue_judged(struct db *db, int64_t id, struct str analysis,
    struct str prompt, int64_t proposed, struct err *e);
int issue_filed(struct db *db, int64_t id, int64_t gh_number,
    struct str gh_url, struct err *e);
int issue_under(struct db *db, int64_t id, int64_t umbrella_id,
    struct err *e);
int issue_told(struct db *db, int64_t id, int64_t count, struct err *e);

/* Issues with a higher id, at most max, that were not judged yet. */
int issue_unjudged(struct db *db, struct arena *a, int64_t above_id,
    size_t max, struct ops_issue **out, size_t *n, struct err *e);
/* Those that are open, not filed, not under an umbrella, and of a severity up to
 * worst_of; the worst first. */
int issue_unfiled(struct db *db, struct arena *a, struct str target,
    int64_t up_to_severity, size_t max, struct ops_issue **out, size_t *n,
    struct err *e);

struct issue_tally {
	int status;		/* enum issue_status */
	int64_t severity, count;
};
/* One row for each status and severity that there is. */
int issue_tallies(struct db *db, struct arena *a, struct issue_tally **out,
    size_t *n, struct err *e);

#endif
