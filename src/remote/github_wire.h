/* github_wire.h - shapes that several of GitHub's answers have; for github_*.c
 * alone. */
#ifndef REMOTE_GITHUB_WIRE_H
#define REMOTE_GITHUB_WIRE_H

#include "remote/github_ask.h"

struct github_login {
	struct str login;
};
struct github_name {
	struct str name;
};
extern const struct contract github_login_contract, github_name_contract;

struct github_issue_wire {
	int64_t number;
	struct str title, body, state, state_reason, html_url;
	struct github_login user;
	struct github_name *labels;
	size_t n_labels;
	struct github_login *assignees;
	size_t n_assignees;
	int64_t comments, created_at, updated_at, closed_at;
	struct str pull;
};
struct github_comment_wire {
	int64_t id;
	struct str body, html_url;
	struct github_login user;
	int64_t created_at;
};

/* An array that grows up to max rows. */
struct github_rows {
	void *p;
	size_t n, cap, max;
};
/* A place for one more, zeroed; NULL when there are max. */
void *github_rows_next(struct github_rows *r, struct arena *a, size_t each);

/* in as JSON, from the arena. */
struct str github_encoded(struct arena *a, const struct contract *form,
    const void *in);

#endif
