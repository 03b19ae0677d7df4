/* Labels, and who works on an issue. */
#include <strings.h>

#include "remote/github_wire.h"

#define LABELS_MAX 10000

#define L struct github_label
static const struct field label_fields[] = {
	F_STR(L, name, "name", FIELD_REQUIRED, 1, 1000, FMT_TEXT, "Its name."),
	F_STR(L, color, "color", FIELD_OMIT, 0, 100, FMT_TEXT, "Six hex digits."),
	F_STR(L, description, "description", FIELD_OMIT, 0, KIB(8), FMT_TEXT, "What it means."),
	F_END
};
static const struct contract label_contract = {
	.name = "GithubLabel", .size = sizeof(L), .fields = label_fields,
	.open = true, .doc = "A label of a repository.",
};

struct names {
	const struct str *names;
	size_t n;
};
static const struct field labels_fields[] = {
	F_STRS(struct names, names, n, "labels", 0, 0, 100, 0, FMT_TEXT, "To be added."),
	F_END
};
static const struct contract labels_contract = {
	.name = "GithubLabels", .size = sizeof(struct names),
	.fields = labels_fields, .doc = "More labels of an issue.",
};
static const struct field assignees_fields[] = {
	F_STRS(struct names, names, n, "assignees", 0, 0, 10, 0, FMT_TEXT, "To be added."),
	F_END
};
static const struct contract assignees_contract = {
	.name = "GithubAssignees", .size = sizeof(struct names),
	.fields = assignees_fields, .doc = "Who else works on an issue.",
};

/* Which of the wanted labels are there. */
struct wanted {
	const struct github_label *want;
	bool *there;
	size_t n, seen;
};

static bool
take_label(void *to, const void *row)
{
	struct wanted *w = to;
	const struct github_label *l = row;

	for (size_t i = 0; i < w->n; i++)
		w->there[i] |= l->name.len == w->want[i].name.len &&
		    strncasecmp(l->name.p, w->want[i].name.p,
		    l->name.len) == 0;
	return ++w->seen < LABELS_MAX;
}

/* Somebody may have made it in the meantime. */
static bool
exists_already(const struct github_call *c, const struct err *e)
{
	return c->status == 422 &&
	    str_find(str(e->detail), STR("already_exists")) <
	    strlen(e->detail);
}

static int
make_label(struct github *g, struct github_call *c,
    const struct github_label *l, struct err *e)
{
	struct github_question q = { .method = "POST", .cost = GATE_WRITE };
	struct github_reply r;

	if (github_path(c, &q.path, e, "/labels") != 0)
		return -1;
	q.body = github_encoded(c->a, &label_contract, l);
	if (github_ask(g, c, &q, &r, e) == 0)
		return 0;
	if (!exists_already(c, e))
		return -1;
	c->outcome = GITHUB_DONE;
	*e = (struct err){ 0 };
	return 0;
}

int
github_labels_ensure(struct github *g, struct github_call *c,
    const struct github_label *want, size_t n, struct err *e)
{
	struct wanted w = { .want = want, .n = n,
	    .there = arena_array_of(c->a, bool, n + 1) };
	struct github_list l = { .row = &label_contract, .take = take_label,
	    .to = &w };
	struct err local = { 0 };

	if (!e)
		e = &local;
	if (github_path(c, &l.path, e, "/labels") != 0 ||
	    github_ask_list(g, c, &l, e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!w.there[i] && make_label(g, c, &want[i], e) != 0)
			return -1;
	return 0;
}

/* A change of one issue whose answer tells nothing new. */
static int
change(struct github *g, struct github_call *c, struct github_question *q,
    struct err *e)
{
	struct github_reply r;

	q->cost = GATE_WRITE;
	return github_ask(g, c, q, &r, e);
}

int
github_label_add(struct github *g, struct github_call *c, int64_t number,
    struct str label, struct err *e)
{
	struct github_question q = { .method = "POST" };
	const struct names names = { &label, 1 };

	if (github_path(c, &q.path, e, "/issues/%lld/labels",
	    (long long)number) != 0)
		return -1;
	q.body = github_encoded(c->a, &labels_contract, &names);
	return change(g, c, &q, e);
}

/* A 404 means that the issue has no such label, or that there is no such issue;
 * their words differ. */
static bool
had_none(const struct github_call *c, const struct err *e)
{
	return c->status == 404 && str_find(str(e->detail),
	    STR("Label does not exist")) < strlen(e->detail);
}

int
github_label_remove(struct github *g, struct github_call *c,
    int64_t number, struct str label, struct err *e)
{
	struct github_question q = { .method = "DELETE" };
	struct err local = { 0 };

	if (!e)
		e = &local;
	if (github_path(c, &q.path, e, "/issues/%lld/labels/%.*s",
	    (long long)number, STR_ARG(https_escape(c->a, label))) != 0)
		return -1;
	if (change(g, c, &q, e) == 0)
		return 0;
	if (!had_none(c, e))
		return -1;
	c->outcome = GITHUB_DONE;
	*e = (struct err){ 0 };
	return 0;
}

int
github_assignee_add(struct github *g, struct github_call *c,
    int64_t number, struct str login, struct err *e)
{
	struct github_question q = { .method = "POST" };
	const struct names names = { &login, 1 };

	if (github_path(c, &q.path, e, "/issues/%lld/assignees",
	    (long long)number) != 0)
		return -1;
	q.body = github_encoded(c->a, &assignees_contract, &names);
	return change(g, c, &q, e);
}
