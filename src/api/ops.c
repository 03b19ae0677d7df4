#include "api/ops.h"

#include "api/github.h"
#include "api/ops_intake.h"
#include "api/ops_issue.h"
#include "api/ops_regroup.h"
#include "api/ops_scan.h"
#include "api/program.h"

const struct route ops_routes[] = {
	{ "POST", "/api/ops/scan", "ops:write", BODY_NONE, ops_scan_post, "Read the sources of logs, and make issues of what they say." },
	{ "GET", "/api/ops/scans", "ops:read", BODY_NONE, ops_scans_get, "The scans, the newest first." },
	{ "GET", "/api/ops/scans/{id}", "ops:read", BODY_NONE, ops_scan_get, "One scan: how far it is, what it found." },
	{ "POST", "/api/ops/logs", "ops:write", BODY_NONE, ops_logs_post, "Take log lines that a program pushes." },
	{ "GET", "/api/ops/issues", "ops:read", BODY_NONE, ops_issues_get, "The issues, the newest first." },
	{ "GET", "/api/ops/issues/{id}", "ops:read", BODY_NONE, ops_issue_get, "One issue and its newest lines." },
	{ "POST", "/api/ops/issues/{id}/claim", "ops:write", BODY_NONE, ops_issue_claim, "Work on it, alone." },
	{ "POST", "/api/ops/issues/{id}/resolve", "ops:write", BODY_NONE, ops_issue_resolve, "It is mended." },
	{ "POST", "/api/ops/issues/{id}/reopen", "ops:write", BODY_NONE, ops_issue_reopen, "It is not, or is free again." },
	{ "POST", "/api/ops/issues/{id}/ignore", "ops:write", BODY_NONE, ops_issue_ignore, "It will not be mended." },
	{ "POST", "/api/ops/issues/{id}/triage", "ops:write", BODY_NONE, ops_issue_triage, "Somebody has looked at it." },
	{ "POST", "/api/ops/issues/{id}/merge", "ops:write", BODY_NONE, ops_issue_merge, "It is the same defect as another." },
	{ "POST", "/api/ops/issues/{id}/split", "ops:write", BODY_NONE, ops_issue_split, "It has lines of several defects." },
	{ "GET", "/api/ops/summary", "ops:read", BODY_NONE, ops_summary, "How many issues there are, and where the sources stand." },
	{ "GET", "/api/github/issues", "ops:read", BODY_NONE, github_issues_get, "Issues on GitHub." },
	{ "GET", "/api/github/prs", "ops:read", BODY_NONE, github_prs_get, "Pull requests on GitHub." },
	{ "POST", "/api/github/issues", "github:write", BODY_JSON, github_issues_post, "Make an issue on GitHub." },
	{ "POST", "/api/github/issues/{n}/comments", "github:write", BODY_JSON, github_comments_post, "Comment on an issue or pull request." },
	{ "PATCH", "/api/github/issues/{n}", "github:write", BODY_JSON, github_issue_patch, "Close an issue on GitHub, or open it again." },
	{ "POST", "/api/github/webhook", NULL, BODY_JSON, github_webhook, "GitHub tells what happened; its signature is the token." },
	{ "GET", "/healthz", NULL, BODY_NONE, healthz, "Is the process up?" },
	{ 0 }
};
