/* Issues and their comments. */
#include "remote/github_wire.h"

#include "base/clock.h"

#define TITLE_MAX 256			/* characters */
#define TEXT_MAX 65536
#define LABEL_MAX 50
#define ROWS_MAX 1000

#define T struct github_issue_text
static const struct field text_fields[] = {
	F_STR(T, title, "title", FIELD_OMIT, 0, 0, FMT_TEXT, "One line."),
	F_STR(T, body, "body", FIELD_OMIT, 0, 0, FMT_TEXT, "Markdown."),
	F_STR(T, state, "state", FIELD_OMIT, 0, 0, FMT_TEXT, "open or closed."),
	F_STR(T, state_reason, "state_reason", FIELD_OMIT, 0, 0, FMT_TEXT, "Why."),
	F_STRS(T, labels, n_labels, "labels", FIELD_OMIT, 0, 100, 0, FMT_TEXT, "All of them."),
	F_STRS(T, assignees, n_assignees, "assignees", FIELD_OMIT, 0, 10, 0, FMT_TEXT, "All of them."),
	F_END
};
static const struct contract text_contract = {
	.name = "GithubIssueText", .size = sizeof(T), .fields = text_fields,
	.doc = "What an issue is to say.",
};

#define I struct github_issue_wire
static const struct field issue_fields[] = {
	F_INT(I, number, "number", FIELD_REQUIRED, 1, INT64_MAX, 0, "Its number."),
	F_STR(I, title, "title", FIELD_REQUIRED, 0, MIB(1), FMT_TEXT, "One line."),
	F_STR(I, body, "body", 0, 0, MIB(1), FMT_TEXT, "Markdown."),
	F_STR(I, state, "state", FIELD_REQUIRED, 1, 100, FMT_NAME, "open or closed."),
	F_STR(I, state_reason, "state_reason", 0, 0, 100, FMT_NAME, "Why."),
	F_STR(I, html_url, "html_url", FIELD_REQUIRED, 1, KIB(8), FMT_NAME, "For people."),
	F_OBJECT(I, user, "user", &github_login_contract, "Who wrote it."),
	F_LIST(I, labels, n_labels, "labels", 0, 0, 1000, &github_name_contract, "Its labels."),
	F_LIST(I, assignees, n_assignees, "assignees", 0, 0, 1000, &github_login_contract, "Who works on it."),
	F_INT(I, comments, "comments", 0, 0, INT64_MAX, 0, "How many."),
	F_TIME(I, created_at, "created_at", FIELD_REQUIRED, "When it was made."),
	F_TIME(I, updated_at, "updated_at", FIELD_REQUIRED, "When it changed."),
	F_TIME(I, closed_at, "closed_at", 0, "When it was closed."),
	F_RAW(I, pull, "pull_request", 0, "There when it is one."),
	F_END
};
static const struct contract issue_contract = {
	.name = "GithubIssue", .size = sizeof(I), .fields = issue_fields,
	.open = true, .doc = "An issue.",
};

#define M struct github_comment_wire
static const struct field comment_fields[] = {
	F_INT(M, id, "id", FIELD_REQUIRED, 1, INT64_MAX, 0, "Its number."),
	F_STR(M, body, "body", 0, 0, MIB(1), FMT_TEXT, "Markdown."),
	F_STR(M, html_url, "html_url", FIELD_REQUIRED, 1, KIB(8), FMT_NAME, "For people."),
	F_OBJECT(M, user, "user", &github_login_contract, "Who wrote it."),
	F_TIME(M, created_at, "created_at", FIELD_REQUIRED, "When it was made."),
	F_END
};
static const struct contract comment_contract = {
	.name = "GithubComment", .size = sizeof(M), .fields = comment_fields,
	.open = true, .doc = "A comment on an issue.",
};

static void
issue_from(struct arena *a, const struct github_issue_wire *w,
    struct github_issue *out)
{
	*out = (struct github_issue){ .number = w->number, .title = w->title,
	    .body = w->body, .state = w->state,
	    .state_reason = w->state_reason, .html_url = w->html_url,
	    .user = w->user.login, .n_labels = w->n_labels,
	    .n_assignees = w->n_assignees, .comments = w->comments,
	    .created_at = w->created_at, .updated_at = w->updated_at,
	    .closed_at = w->closed_at, .is_pull = w->pull.p != NULL };
	out->labels = arena_array_of(a, struct str, w->n_labels + 1);
	for (size_t i = 0; i < w->n_labels; i++)
		out->labels[i] = w->labels[i].name;
	out->assignees = arena_array_of(a, struct str, w->n_assignees + 1);
	for (size_t i = 0; i < w->n_assignees; i++)
		out->assignees[i] = w->assignees[i].login;
}

/* Rows that arrive one by one. */
struct taking {
	struct arena *a;
	struct github_rows rows;
};

static bool
take_issue(void *to, const void *row)
{
	struct taking *t = to;
	const struct github_issue_wire *w = row;
	struct github_issue *next;

	if (w->pull.p)
		return true;
	next = github_rows_next(&t->rows, t->a, sizeof(*next));
	if (next)
		issue_from(t->a, w, next);
	return next != NULL;
}

int
github_issues(struct github *g, struct github_call *c,
    const struct github_issue_query *q, struct github_issues *out,
    struct err *e)
{
	struct taking t = { .a = c->a,
	    .rows = { .max = q->max ? q->max : ROWS_MAX } };
	struct github_list l = { .row = &issue_contract, .take = take_issue,
	    .to = &t };
	struct str since = q->since >= 0 ?
	    clock_text(c->a, q->since / 1000 * 1000) : STR_NONE;

	if (github_path(c, &l.path, e, "/issues?sort=created&direction=%s"
	    "%.*s%.*s%.*s", q->newest_first ? "desc" : "asc",
	    STR_ARG(github_param(c->a, "state", q->state)),
	    STR_ARG(github_param(c->a, "labels", q->labels)),
	    STR_ARG(github_param(c->a, "since", since))) != 0 ||
	    github_ask_list(g, c, &l, e) != 0)
		return -1;
	*out = (struct github_issues){ t.rows.p, t.rows.n, l.more };
	return 0;
}

/* One issue, asked for in whatever way. */
static int
ask_issue(struct github *g, struct github_call *c,
    const struct github_question *q, struct github_issue *out, struct err *e)
{
	struct github_issue_wire got;

	if (github_ask_for(g, c, q, &issue_contract, &got, e) != 0)
		return -1;
	if (out)
		issue_from(c->a, &got, out);
	return 0;
}

int
github_issue(struct github *g, struct github_call *c, int64_t number,
    struct github_issue *out, struct err *e)
{
	struct github_question q = { .method = "GET" };

	if (github_path(c, &q.path, e, "/issues/%lld",
	    (long long)number) != 0)
		return -1;
	return ask_issue(g, c, &q, out, e);
}

/* How many code points; what is no UTF-8 counts as if it were. */
static size_t
characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* GitHub would refuse it, too; but this costs nothing. */
static int
length_check(struct github_call *c, const char *what, struct str s,
    size_t max, struct err *e)
{
	if (characters(s) <= max)
		return 0;
	err_set(e, ERR_INVALID, "%s has %zu characters; GitHub takes %zu",
	    what, characters(s), max);
	return github_refuse(c);
}

static int
text_check(struct github_call *c, const struct github_issue_text *t,
    struct err *e)
{
	if (length_check(c, "the title of an issue", t->title, TITLE_MAX,
	    e) != 0 || length_check(c, "the body of an issue", t->body,
	    TEXT_MAX, e) != 0)
		return -1;
	for (size_t i = 0; i < t->n_labels; i++)
		if (length_check(c, "a label", t->labels[i], LABEL_MAX,
		    e) != 0)
			return -1;
	return 0;
}

int
github_issue_create(struct github *g, struct github_call *c,
    const struct github_issue_text *t, struct github_issue *out,
    struct err *e)
{
	struct github_question q = { .method = "POST", .cost = GATE_CREATE };
	struct github_issue_text plain = *t;

	plain.state = plain.state_reason = STR_NONE;
	if (!t->title.len) {
		err_set(e, ERR_INVALID, "an issue needs a title");
		return github_refuse(c);
	}
	if (text_check(c, t, e) != 0 ||
	    github_path(c, &q.path, e, "/issues") != 0)
		return -1;
	q.body = github_encoded(c->a, &text_contract, &plain);
	return ask_issue(g, c, &q, out, e);
}

int
github_issue_update(struct github *g, struct github_call *c,
    int64_t number, const struct github_issue_text *t, struct err *e)
{
	struct github_question q = { .method = "PATCH", .cost = GATE_WRITE };

	if (text_check(c, t, e) != 0 || github_path(c, &q.path, e,
	    "/issues/%lld", (long long)number) != 0)
		return -1;
	q.body = github_encoded(c->a, &text_contract, t);
	return ask_issue(g, c, &q, NULL, e);
}

static void
comment_from(const struct github_comment_wire *w, struct github_comment *out)
{
	*out = (struct github_comment){ .id = w->id, .body = w->body,
	    .html_url = w->html_url, .user = w->user.login,
	    .created_at = w->created_at };
}

static bool
take_comment(void *to, const void *row)
{
	struct taking *t = to;
	struct github_comment *next = github_rows_next(&t->rows, t->a,
	    sizeof(*next));

	if (next)
		comment_from(row, next);
	return next != NULL;
}

int
github_comments(struct github *g, struct github_call *c, int64_t number,
    struct github_comments *out, struct err *e)
{
	struct taking t = { .a = c->a, .rows = { .max = ROWS_MAX } };
	struct github_list l = { .row = &comment_contract,
	    .take = take_comment, .to = &t };
	struct str since = out->since >= 0 ?
	    clock_text(c->a, out->since / 1000 * 1000) : STR_NONE;

	since = github_param(c->a, "since", since);
	if (github_path(c, &l.path, e, "/issues/%lld/comments%s%.*s",
	    (long long)number, since.len ? "?" : "",
	    (int)(since.len ? since.len - 1 : 0),
	    since.len ? since.p + 1 : "") != 0 ||
	    github_ask_list(g, c, &l, e) != 0)
		return -1;
	out->rows = t.rows.p;
	out->n = t.rows.n;
	out->more = l.more;
	return 0;
}

int
github_comment_create(struct github *g, struct github_call *c,
    int64_t number, struct github_comment *comment, struct err *e)
{
	struct github_question q = { .method = "POST", .cost = GATE_CREATE };
	struct github_issue_text text = { .body = comment->body };
	struct github_comment_wire got;

	if (!comment->body.len) {
		err_set(e, ERR_INVALID, "a comment needs a text");
		return github_refuse(c);
	}
	if (length_check(c, "a comment", comment->body, TEXT_MAX, e) != 0 ||
	    github_path(c, &q.path, e, "/issues/%lld/comments",
	    (long long)number) != 0)
		return -1;
	q.body = github_encoded(c->a, &text_contract, &text);
	if (github_ask_for(g, c, &q, &comment_contract, &got, e) != 0)
		return -1;
	comment_from(&got, comment);
	return 0;
}
