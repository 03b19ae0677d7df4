/* ops_issue.h - a group of log lines that somebody should look at, and its way
 * from open to closed.
 *
 *	open ─ triaged ─ in_progress ─ resolved ─ closed;  ignored
 *
 * resolved: somebody here says that it is mended; closed: so it is on GitHub.
 * Lines that come after that reopen it (a regression); ignored stays so,
 * however many come. */
#ifndef MODEL_OPS_ISSUE_H
#define MODEL_OPS_ISSUE_H

#include "contract/contract.h"

enum issue_status {
	ISSUE_OPEN, ISSUE_TRIAGED, ISSUE_IN_PROGRESS, ISSUE_RESOLVED,
	ISSUE_CLOSED, ISSUE_IGNORED, ISSUE_STATUS__MAX
};

struct ops_issue {
	int64_t id;
	int kind;			/* enum line_kind */
	int64_t severity;		/* 1 (worst) to 5 */
	int status;			/* enum issue_status */
	struct str worker, repo, run_id;	/* of its first line */
	struct str title, template, error_type, sample;
	struct str prompt, analysis;	/* what the model says; text, no more */
	int64_t proposed_severity;	/* and what it would say; -1: nothing */
	struct str rule;		/* which rule gave the severity */
	struct str fingerprint;		/* 32 hex digits */
	int64_t fingerprint_version;
	struct str inputs;		/* of it: a JSON object */
	int level;			/* enum line_level: the worst line */
	int64_t count, runs, regressions;
	int64_t first_seen_ms, last_seen_ms;
	struct str target;		/* "owner/name" where it is filed */
	int64_t gh_number;		/* -1: not filed */
	struct str gh_url;
	int64_t umbrella_id;		/* filed as a part of that; -1 */
	struct str claimed_by;
	int64_t created_ms, updated_ms, claimed_ms, resolved_ms;	/* -1 */
	int64_t told_count;		/* of lines, when GitHub was last told */
};

extern const char *const issue_statuses[ISSUE_STATUS__MAX];
extern const struct contract ops_issue_contract;

/* What somebody does to an issue. */
enum issue_verb {
	ISSUE_TRIAGE, ISSUE_CLAIM, ISSUE_RESOLVE, ISSUE_CLOSE, ISSUE_IGNORE,
	ISSUE_REOPEN, ISSUE_VERB__MAX
};
extern const char *const issue_verbs[ISSUE_VERB__MAX];	/* "triage" */
/* The status that it leads to: 1; 0 when the issue is there already; -1 with
 * ERR_WRONG_STATE when it cannot be done from here. */
int issue_verb_leads(enum issue_verb v, enum issue_status from,
    enum issue_status *to, struct err *e);
/* More lines came: is this one that was thought to be over? */
bool issue_is_over(enum issue_status s);

/* GET /api/ops/issues */
struct issue_query {
	int status;			/* 0: any; else enum issue_status + 1 */
	int64_t severity;		/* -1: any */
	int kind;			/* 0: any; else enum line_kind + 1 */
	struct str repo, worker, fingerprint;
	int64_t limit;
	struct str cursor;		/* opaque: what is below that id */
	int64_t below_id;		/* of the cursor; 0: the newest */
};
extern const struct contract issue_query_contract;
/* The cursor's id; ERR_BAD_QUERY. */
int issue_query_resolve(struct issue_query *q, struct err *e);

/* One scan of the sources. */
enum scan_scope { SCAN_FULL, SCAN_CLOUDFLARE, SCAN_CICD, SCAN_SCOPE__MAX };
enum scan_status {
	SCAN_RUNNING, SCAN_DONE, SCAN_PARTIAL, SCAN_FAILED, SCAN_DIED,
	SCAN_STATUS__MAX
};
struct scan_totals {
	int64_t worker_logs, build_logs;	/* lines that were new */
	int64_t lines, repeated, passed;	/* read; known; not severe */
	int64_t issues_opened, reopened, reviewed, filed, held;
	struct str notes;	/* what was left out, a line each; may be absent */
};
struct ops_scan {
	int64_t id;
	int scope, status;
	struct str asked_by, error;
	int64_t started_ms, finished_ms, seen_ms;	/* -1: not yet */
	struct scan_totals totals;
};
extern const char *const scan_scopes[SCAN_SCOPE__MAX];
extern const char *const scan_statuses[SCAN_STATUS__MAX];
extern const struct contract scan_totals_contract, ops_scan_contract;

#endif
