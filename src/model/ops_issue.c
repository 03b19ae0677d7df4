#include "model/ops_issue.h"

#include "model/log_line.h"

const char *const issue_statuses[ISSUE_STATUS__MAX] = {
	"open", "triaged", "in_progress", "resolved", "closed", "ignored"
};
const char *const issue_verbs[ISSUE_VERB__MAX] = {
	"triage", "claim", "resolve", "close", "ignore", "reopen"
};
const char *const scan_scopes[SCAN_SCOPE__MAX] = {
	"full", "cloudflare", "cicd"
};
const char *const scan_statuses[SCAN_STATUS__MAX] = {
	"running", "done", "partial", "failed", "died"
};

#define TEXT(S, m, nm, text) F_STR(S, m, nm, 0, 0, META_MAX_BYTES, FMT_TEXT, text)
#define COUNT(S, m, nm, text) F_INT(S, m, nm, FIELD_REQUIRED, 0, INT64_MAX, 0, text)
#define MAYBE(S, m, nm, text) F_INT(S, m, nm, 0, 0, INT64_MAX, -1, text)

#define I struct ops_issue
static const struct field issue_fields[] = {
	COUNT(I, id, "id", "Its number here."),
	F_ENUM(I, kind, "kind", FIELD_REQUIRED, line_kinds, LINE_KIND__MAX, NULL, "What logged it."),
	F_INT(I, severity, "severity", FIELD_REQUIRED, 1, 5, 3, "1 is the worst, 5 the least."),
	F_ENUM(I, status, "status", FIELD_REQUIRED, issue_statuses, ISSUE_STATUS__MAX, NULL, "Where it stands."),
	TEXT(I, title, "title", "In one line."),
	TEXT(I, worker, "worker", "The service that logged it."),
	TEXT(I, repo, "repo", "The repository whose build logged it."),
	TEXT(I, run_id, "run_id", "The first build that did."),
	TEXT(I, prompt, "prompt", "What an agent that mends it could be told."),
	TEXT(I, analysis, "analysis", "What the language model makes of it."),
	F_INT(I, proposed_severity, "proposed_severity", 0, 1, 5, -1, "The severity that the model proposes; nothing follows from it."),
	F_INT(I, gh_number, "gh_issue_number", 0, 1, INT64_MAX, -1, "Its number on GitHub."),
	TEXT(I, gh_url, "gh_issue_url", "Its page on GitHub."),
	TEXT(I, target, "target", "The repository in which it is filed."),
	MAYBE(I, umbrella_id, "umbrella_id", "The issue that it was filed under, in a storm."),
	F_TIME(I, created_ms, "created_at", FIELD_REQUIRED, "When it was found."),
	F_TIME(I, updated_ms, "updated_at", 0, "When it last changed."),
	TEXT(I, fingerprint, "fingerprint", "What makes lines one group."),
	F_INT(I, fingerprint_version, "fingerprint_version", 0, 1, 1000, 1, "By which rules it was made."),
	F_RAW(I, inputs, "fingerprint_inputs", 0, "What it was made of."),
	TEXT(I, template, "template", "What its messages have in common."),
	TEXT(I, error_type, "error_type", "The type of error that they name."),
	TEXT(I, sample, "sample", "The first of its messages."),
	F_ENUM(I, level, "level", 0, line_levels, LINE_LEVEL__MAX, NULL, "The worst level of its lines."),
	TEXT(I, rule, "rule", "The rule that gave it its severity."),
	COUNT(I, count, "count", "Lines so far."),
	COUNT(I, runs, "runs", "Builds that showed it."),
	COUNT(I, regressions, "regressions", "How often it came back."),
	F_TIME(I, first_seen_ms, "first_seen", 0, "The time of its first line."),
	F_TIME(I, last_seen_ms, "last_seen", 0, "The time of its last."),
	TEXT(I, claimed_by, "claimed_by", "Who works on it."),
	F_TIME(I, claimed_ms, "claimed_at", 0, "Since when."),
	F_TIME(I, resolved_ms, "resolved_at", 0, "When it was said to be mended."),
	F_END
};
const struct contract ops_issue_contract = {
	.name = "OpsIssue", .size = sizeof(I), .fields = issue_fields,
	.doc = "A group of log lines that somebody should look at.",
};

/* As the issues' own, behind one that stands for any. */
static const char *const any_status[] = {
	NULL, "open", "triaged", "in_progress", "resolved", "closed", "ignored"
};
static const char *const any_kind[] = { NULL, "worker-log", "build-log" };

#define Q struct issue_query
static const struct field query_fields[] = {
	F_ENUM(Q, status, "status", 0, any_status, countof(any_status), NULL, "Only those that stand there."),
	F_INT(Q, severity, "severity", 0, 1, 5, -1, "Only those of this severity."),
	F_ENUM(Q, kind, "kind", 0, any_kind, countof(any_kind), NULL, "Only those that this kind of program logged."),
	F_STR(Q, repo, "repo", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Only those of this repository's builds."),
	F_STR(Q, worker, "worker", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Only those of this service."),
	F_STR(Q, fingerprint, "fingerprint", 0, 1, NAME_MAX_BYTES, FMT_NAME, "Only the one with this fingerprint."),
	F_INT(Q, limit, "limit", 0, 1, PAGE_MAX_ROWS, PAGE_DEFAULT_ROWS, "Rows of one page."),
	F_STR(Q, cursor, "cursor", 0, 1, 40, FMT_NAME, "Where the page before ended, as it said."),
	F_END
};
const struct contract issue_query_contract = {
	.name = "OpsIssueQuery", .size = sizeof(Q), .fields = query_fields,
	.doc = "Which issues are wanted.",
};

#define T struct scan_totals
static const struct field totals_fields[] = {
	COUNT(T, worker_logs, "worker_logs", "Lines of workers that were new and kept."),
	COUNT(T, build_logs, "build_logs", "Lines of builds that were new and kept."),
	COUNT(T, lines, "lines", "Lines that were read."),
	COUNT(T, repeated, "repeated", "Those that were known already."),
	COUNT(T, passed, "passed", "Those that are not severe enough to be kept."),
	COUNT(T, issues_opened, "issues_opened", "Groups that are new."),
	COUNT(T, reopened, "reopened", "Groups that came back."),
	COUNT(T, reviewed, "reviewed", "Issues that were judged."),
	COUNT(T, filed, "filed", "Issues that were made on GitHub."),
	F_STR(T, notes, "notes", FIELD_OMIT, 0, META_MAX_BYTES, FMT_TEXT, "What the sources left out, a line each."),
	COUNT(T, held, "held", "Issues that were not, for want of budget or an answer."),
	F_END
};
const struct contract scan_totals_contract = {
	.name = "OpsScanTotals", .size = sizeof(T), .fields = totals_fields,
	.open = true, .doc = "What a scan found.",
};

#define S struct ops_scan
static const struct field scan_fields[] = {
	COUNT(S, id, "id", "Its number."),
	F_ENUM(S, scope, "scope", FIELD_REQUIRED, scan_scopes, SCAN_SCOPE__MAX, NULL, "Which sources were read."),
	F_ENUM(S, status, "status", FIELD_REQUIRED, scan_statuses, SCAN_STATUS__MAX, NULL, "partial: a source failed; died: the program did."),
	TEXT(S, asked_by, "asked_by", "Who wanted it."),
	F_TIME(S, started_ms, "started_at", FIELD_REQUIRED, "When it began."),
	F_TIME(S, finished_ms, "finished_at", 0, "When it ended."),
	TEXT(S, error, "error", "What went wrong."),
	F_OBJECT(S, totals, "totals", &scan_totals_contract, "What it found."),
	F_END
};
const struct contract ops_scan_contract = {
	.name = "OpsScan", .size = sizeof(S), .fields = scan_fields,
	.doc = "One scan of the sources of logs.",
};

/* From which states a verb leads to which. */
#define BIT(s) (1u << ISSUE_##s)
static const struct {
	unsigned from;
	enum issue_status to;
} leads[ISSUE_VERB__MAX] = {
	[ISSUE_TRIAGE] = { BIT(OPEN), ISSUE_TRIAGED },
	[ISSUE_CLAIM] = { BIT(OPEN) | BIT(TRIAGED), ISSUE_IN_PROGRESS },
	[ISSUE_RESOLVE] = { BIT(OPEN) | BIT(TRIAGED) | BIT(IN_PROGRESS), ISSUE_RESOLVED },
	[ISSUE_CLOSE] = { BIT(OPEN) | BIT(TRIAGED) | BIT(IN_PROGRESS) | BIT(RESOLVED), ISSUE_CLOSED },
	[ISSUE_IGNORE] = { BIT(OPEN) | BIT(TRIAGED) | BIT(IN_PROGRESS), ISSUE_IGNORED },
	[ISSUE_REOPEN] = { BIT(TRIAGED) | BIT(IN_PROGRESS) | BIT(RESOLVED) | BIT(CLOSED) | BIT(IGNORED), ISSUE_OPEN },
};

int
issue_verb_leads(enum issue_verb v, enum issue_status from,
    enum issue_status *to, struct err *e)
{
	*to = leads[v].to;
	if (from == *to)
		return 0;
	if (leads[v].from >> from & 1)
		return 1;
	return err_set(e, ERR_WRONG_STATE, "an issue that is %s cannot be "
	    "%s: its state has to change first (%s)", issue_statuses[from],
	    issue_statuses[*to], from == ISSUE_IGNORED || issue_is_over(from) ?
	    "reopen" : "resolve or ignore");
}

bool
issue_is_over(enum issue_status s)
{
	return s == ISSUE_RESOLVED || s == ISSUE_CLOSED;
}

int
issue_query_resolve(struct issue_query *q, struct err *e)
{
	q->below_id = 0;
	if (!q->cursor.p || (str_int(q->cursor, &q->below_id) &&
	    q->below_id > 0))
		return 0;
	err_set(e, ERR_BAD_QUERY, "that is no cursor of this route");
	return err_at(e, "?cursor");
}
