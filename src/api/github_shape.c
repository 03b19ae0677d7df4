#include "api/github_shape.h"

#define TEXT(S, m, nm, flg, text) F_STR(S, m, nm, flg, 0, MIB(1), FMT_TEXT, text)

#define I struct github_issue
static const struct field issue_fields[] = {
	F_INT(I, number, "number", FIELD_REQUIRED, 1, INT64_MAX, -1, "Its number."),
	TEXT(I, title, "title", FIELD_REQUIRED, "In one line."),
	TEXT(I, body, "body", 0, "Its text."),
	TEXT(I, state, "state", FIELD_REQUIRED, "open or closed."),
	TEXT(I, state_reason, "state_reason", 0, "Why."),
	TEXT(I, html_url, "html_url", FIELD_REQUIRED, "Its page."),
	TEXT(I, user, "user", 0, "Who wrote it."),
	F_STRS(I, labels, n_labels, "labels", 0, 0, 1000, 1000, FMT_TEXT, "Its labels."),
	F_STRS(I, assignees, n_assignees, "assignees", 0, 0, 1000, 1000, FMT_TEXT, "Who is to do it."),
	F_INT(I, comments, "comments", 0, 0, INT64_MAX, 0, "How many comments it has."),
	F_TIME(I, created_at, "created_at", 0, "When it was made."),
	F_TIME(I, updated_at, "updated_at", 0, "When it last changed."),
	F_TIME(I, closed_at, "closed_at", 0, "When it was closed."),
	F_END
};
const struct contract github_issue_shape = {
	.name = "GithubIssue", .size = sizeof(I), .fields = issue_fields,
	.doc = "An issue on GitHub.",
};

#define P struct github_pull
static const struct field pull_fields[] = {
	F_INT(P, number, "number", FIELD_REQUIRED, 1, INT64_MAX, -1, "Its number."),
	TEXT(P, title, "title", FIELD_REQUIRED, "In one line."),
	TEXT(P, body, "body", 0, "Its text."),
	TEXT(P, state, "state", FIELD_REQUIRED, "open or closed."),
	F_BOOL(P, draft, "draft", "false", "It is not ready yet."),
	TEXT(P, html_url, "html_url", FIELD_REQUIRED, "Its page."),
	TEXT(P, user, "user", 0, "Who made it."),
	TEXT(P, head, "head", 0, "The branch that is to be merged."),
	TEXT(P, head_sha, "head_sha", 0, "Its last commit."),
	TEXT(P, base, "base", 0, "Into which branch."),
	F_TIME(P, created_at, "created_at", 0, "When it was made."),
	F_TIME(P, updated_at, "updated_at", 0, "When it last changed."),
	F_TIME(P, merged_at, "merged_at", 0, "When it was merged."),
	F_END
};
const struct contract github_pull_shape = {
	.name = "GithubPull", .size = sizeof(P), .fields = pull_fields,
	.doc = "A pull request on GitHub.",
};

#define C struct github_comment
static const struct field comment_fields[] = {
	F_INT(C, id, "id", FIELD_REQUIRED, 1, INT64_MAX, -1, "Its number."),
	TEXT(C, body, "body", 0, "Its text."),
	TEXT(C, html_url, "html_url", 0, "Where it stands."),
	TEXT(C, user, "user", 0, "Who wrote it."),
	F_TIME(C, created_at, "created_at", 0, "When."),
	F_END
};
const struct contract github_comment_shape = {
	.name = "GithubComment", .size = sizeof(C), .fields = comment_fields,
	.doc = "A comment on an issue or pull request.",
};
