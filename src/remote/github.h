/* github.h - GitHub's REST interface, as far as we use it.
 *
 * Every verb takes a struct github_call, which says in which repository, and
 * tells afterwards what is known of it: a refusal changed nothing and will be
 * one again, but an answer that never came may have changed something.
 * Nothing here sends a request that changes something twice; who is not sure
 * looks (github_issues(), github_comments()) before asking again. */
#ifndef REMOTE_GITHUB_H
#define REMOTE_GITHUB_H

#include "base/arena.h"
#include "base/err.h"
#include "model/config.h"
#include "remote/gate.h"

struct github;

struct github_options {
	struct str api;		/* "https://api.github.com" */
	struct str version;	/* X-GitHub-Api-Version */
	struct str token;	/* STR_NONE: the App's, else none */
	/* A GitHub App: its id or client id, its key as PEM, and which
	 * installation (0: that of the repository asked about). */
	struct str app_id, app_key;
	int64_t installation;
	const struct gate *gate;	/* NULL: none; else it outlives this */
	int64_t patience_ms;	/* how long one call waits for the gate */
	int64_t answer_ms;	/* how long one request may take; 0: 30 s */
	bool plain;		/* http also to hosts that are not this one */
};

/* What the settings say; secrets are read from their files.  ERR_CONFIG when
 * they contradict each other or a file may be read by everybody. */
int github_options(const struct config *c, struct arena *a,
    struct github_options *out, struct err *e);
/* The repository that the settings name, "owner/name"; STR_NONE: they name
 * none. */
int github_target(const struct config *c, struct arena *a, struct str *repo,
    struct err *e);
/* There is something to authenticate with. */
bool github_configured(const struct github_options *o);

/* The options are copied.  ERR_CONFIG for an address or key that is none. */
int github_new(const struct github_options *o, struct github **out,
    struct err *e);
void github_free(struct github *g);		/* NULL is fine */

enum github_outcome {
	GITHUB_DONE,
	GITHUB_REFUSED,		/* nothing changed; again would be refused */
	GITHUB_UNSENT,		/* nothing changed; may be tried again */
	GITHUB_LIMITED,		/* the same, but not before retry_at */
	GITHUB_UNKNOWN,		/* time-out, 5xx, broken: may have happened */
	GITHUB_OUTCOME__MAX
};
const char *github_outcome_name(enum github_outcome o);	/* "done" */

struct github_call {
	struct arena *a;	/* what comes back lives there */
	struct str repo;	/* "owner/name" */
	/* Out, set by every verb; DONE exactly when it returned 0. */
	enum github_outcome outcome;
	int status;		/* of GitHub; 0: it gave no answer */
	int64_t retry_at;	/* ms UTC; -1: not known */
};

/* "owner/name" of characters that GitHub allows; ERR_INVALID otherwise. */
int github_repo_check(struct str repo, struct err *e);


struct github_issue {
	int64_t number;
	struct str title;
	struct str body;		/* STR_NONE: none */
	struct str state;		/* "open", "closed" */
	struct str state_reason;	/* STR_NONE; "completed", "not_planned", … */
	struct str html_url;
	struct str user;		/* who wrote it; STR_NONE: a ghost */
	struct str *labels, *assignees;
	size_t n_labels, n_assignees;
	int64_t comments;
	int64_t created_at, updated_at, closed_at;	/* -1: not closed */
	bool is_pull;			/* lists of issues have those, too */
};
struct github_issues {
	struct github_issue *rows;
	size_t n;
	bool more;		/* there are more than were asked for */
};
struct github_issue_query {
	struct str labels;	/* "a,b": all of them; STR_NONE: any */
	struct str state;	/* "open", "closed", "all"; STR_NONE: open */
	int64_t since;		/* changed at or after, ms UTC; -1: any time */
	bool newest_first;	/* by creation; else oldest first */
	size_t max;		/* rows; 0: 1000 */
};
/* Without pull requests; all pages up to max. */
int github_issues(struct github *g, struct github_call *c,
    const struct github_issue_query *q, struct github_issues *out,
    struct err *e);
int github_issue(struct github *g, struct github_call *c, int64_t number,
    struct github_issue *out, struct err *e);

/* Absent members are left as they are (update) or empty (create). */
struct github_issue_text {
	struct str title, body;
	struct str state, state_reason;		/* update */
	const struct str *labels, *assignees;	/* NULL: absent; n 0: none */
	size_t n_labels, n_assignees;
};
int github_issue_create(struct github *g, struct github_call *c,
    const struct github_issue_text *t, struct github_issue *out,
    struct err *e);
int github_issue_update(struct github *g, struct github_call *c,
    int64_t number, const struct github_issue_text *t, struct err *e);

struct github_comment {
	int64_t id;
	struct str body, html_url, user;
	int64_t created_at;
};
struct github_comments {
	int64_t since;		/* in: written or changed then or later, ms UTC;
				   -1: all */
	struct github_comment *rows;
	size_t n;
	bool more;
};
int github_comments(struct github *g, struct github_call *c, int64_t number,
    struct github_comments *out, struct err *e);
/* Takes the body, and fills in the others. */
int github_comment_create(struct github *g, struct github_call *c,
    int64_t number, struct github_comment *comment, struct err *e);

struct github_label {
	struct str name;
	struct str color;		/* "d73a4a" */
	struct str description;		/* STR_NONE: none */
};
/* Make those labels that the repository does not have; case does not tell
 * labels apart, and what others made of them stays. */
int github_labels_ensure(struct github *g, struct github_call *c,
    const struct github_label *want, size_t n, struct err *e);
/* To and from one issue, its other labels stay. */
int github_label_add(struct github *g, struct github_call *c, int64_t number,
    struct str label, struct err *e);
/* Also 0 when it has none such. */
int github_label_remove(struct github *g, struct github_call *c,
    int64_t number, struct str label, struct err *e);
/* GitHub passes over who may not be one. */
int github_assignee_add(struct github *g, struct github_call *c,
    int64_t number, struct str login, struct err *e);

struct github_pull {
	int64_t number;
	struct str title, body, state, html_url, user;
	struct str head, base;		/* branches */
	struct str head_sha;
	bool draft;
	int64_t created_at, updated_at, merged_at;	/* -1: not merged */
};
struct github_pulls {
	struct github_pull *rows;
	size_t n;
	bool more;
};
struct github_pull_query {
	struct str state;	/* as of issues */
	size_t max;		/* rows; 0: 1000 */
};
/* Newest first. */
int github_pulls(struct github *g, struct github_call *c,
    const struct github_pull_query *q, struct github_pulls *out,
    struct err *e);

struct github_run {
	int64_t id, workflow_id, attempt, number;
	struct str name, path, event, branch, sha;
	struct str status;		/* "completed", … */
	struct str conclusion;		/* STR_NONE; "failure", … */
	struct str html_url;
	int64_t created_at, updated_at;
};
struct github_runs {
	struct github_run *rows;
	size_t n;
	bool more;
};
struct github_run_query {
	struct str status;		/* or conclusion: "failure" */
	struct str branch, event;	/* STR_NONE: any */
	int64_t created_from, created_to;	/* ms UTC, both inclusive; -1 */
	size_t max;			/* 0: 1000, GitHub's own ceiling */
};
int github_runs(struct github *g, struct github_call *c,
    const struct github_run_query *q, struct github_runs *out, struct err *e);

struct github_step {
	int64_t number;
	struct str name, status, conclusion;
};
struct github_job {
	int64_t id, run_id, attempt;
	struct str name, workflow, status, conclusion, html_url;
	int64_t check_run;		/* whose annotations; -1: not told */
	int64_t started_at, completed_at;	/* -1: not yet */
	struct github_step *steps;
	size_t n_steps;
};
struct github_jobs {
	struct github_job *rows;
	size_t n;
	bool more;
};
/* Of the last attempt. */
int github_jobs(struct github *g, struct github_call *c, int64_t run,
    struct github_jobs *out, struct err *e);
struct github_log {
	size_t max;		/* in: bytes */
	struct str text;	/* the last of it, from the start of a line */
	bool cut;		/* there was more before that */
};
/* REFUSED with status 404 or 410 when there is none (any more). */
int github_job_log(struct github *g, struct github_call *c, int64_t job,
    struct github_log *log, struct err *e);

struct github_annotation {
	struct str path, level;		/* "notice", "warning", "failure" */
	struct str title, message, raw_details;
	int64_t start_line, end_line;
};
struct github_annotations {
	struct github_annotation *rows;
	size_t n;
	bool more;
};
int github_annotations(struct github *g, struct github_call *c,
    int64_t check_run, struct github_annotations *out, struct err *e);

#endif
