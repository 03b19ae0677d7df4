/* github.h - issues and pull requests on GitHub, asked by hand: the routes, and
 * the same verbs for tools. */
#ifndef API_GITHUB_H
#define API_GITHUB_H

#include "contract/contract.h"
#include "govern/once.h"
#include "http/route.h"

/* GET /api/github/issues, /api/github/prs */
struct github_list {
	struct str repo;		/* STR_NONE: the configured one */
	struct str labels;
	int state;			/* index into github_states */
	int64_t limit;
};
/* POST /api/github/issues */
struct github_new_issue {
	struct str repo, title, body;
	struct str *labels;
	size_t n_labels;
};
/* …/{n}/comments, …/{n} */
struct github_change {
	struct str repo, body;
	int64_t number;
	int state;			/* index into github_changes */
};

extern const char *const github_states[3];	/* "open", "closed", "all" */
extern const char *const github_changes[2];	/* "open", "closed" */
enum { GITHUB_TO_OPEN, GITHUB_TO_CLOSED };
extern const struct contract github_list_contract, github_prs_contract,
    github_new_issue_contract;
/* The row for the member repo of each of them. */
#define GITHUB_REPO_FIELD(S) F_STR(S, repo, "repo", 0, 1, NAME_MAX_BYTES, FMT_NAME, \
	"OWNER/NAME of a repository that is configured; the configured one without it.")

/* Each as struct program_verb_fn; arg is the struct above that it takes. */
int github_list_issues(struct call *c, void *list, struct verb_answer *out,
    struct err *e);
int github_list_prs(struct call *c, void *list, struct verb_answer *out,
    struct err *e);
int github_create_issue(struct call *c, void *new_issue,
    struct verb_answer *out, struct err *e);
int github_comment_on(struct call *c, void *change, struct verb_answer *out,
    struct err *e);
int github_set_state(struct call *c, void *change, struct verb_answer *out,
    struct err *e);

/* Handlers of the routes. */
int github_issues_get(struct call *c, struct err *e);
int github_prs_get(struct call *c, struct err *e);
int github_issues_post(struct call *c, struct err *e);
int github_comments_post(struct call *c, struct err *e);
int github_issue_patch(struct call *c, struct err *e);
int github_webhook(struct call *c, struct err *e);

#endif
