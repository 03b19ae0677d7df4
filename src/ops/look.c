#include "ops/look.h"

#include "base/hash.h"
#include "ops/file.h"

#define ISSUES_MAX 20000	/* with our label; the newest are looked at */

struct look_entry {
	struct str fingerprint;
	struct look_hit hit;
};

void
look_begin(struct look *l, struct str label)
{
	*l = (struct look){ .a = arena_new(), .label = label };
}

void
look_end(struct look *l)
{
	arena_free(l->a);
	*l = (struct look){ 0 };
}

void
look_add(struct look *l, struct str fingerprint, const struct look_hit *hit)
{
	struct look_entry *rows = rows_room(l->a, l->rows, l->n,
	    sizeof(*rows));

	rows[l->n] = (struct look_entry){ arena_str(l->a, fingerprint),
	    *hit };
	rows[l->n++].hit.url = arena_str(l->a, hit->url);
	l->rows = rows;
}

static int
list_read(struct look *l, struct github *gh, struct github_call *c,
    struct err *e)
{
	struct github_issue_query q = { .labels = l->label,
	    .state = STR("all"), .since = -1, .newest_first = true,
	    .max = ISSUES_MAX };
	struct github_issues list;

	if (github_issues(gh, c, &q, &list, e) != 0)
		return -1;
	for (size_t i = 0; i < list.n; i++) {
		const struct github_issue *g = &list.rows[i];
		struct str mark = file_mark_of(g->body);
		struct look_hit hit = { g->number, g->html_url,
		    str_is(g->state, "closed"),
		    str_is(g->state, "closed") &&
		    str_is(g->state_reason, "not_planned") };

		if (mark.p)
			look_add(l, mark, &hit);
	}
	l->read = true;
	l->target = arena_str(l->a, c->repo);
	return 0;
}

/* Of several with one mark (somebody copied it) the oldest is ours. */
static bool
known(const struct look *l, struct str fingerprint, struct look_hit *out)
{
	bool found = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct look_entry *r = &l->rows[i];

		if (!str_eq(r->fingerprint, fingerprint) ||
		    (found && r->hit.number >= out->number))
			continue;
		*out = r->hit;
		found = true;
	}
	return found;
}

int
look_for(struct look *l, struct github *gh, struct github_call *c,
    struct str fingerprint, bool again, struct look_hit *out, struct err *e)
{
	if (l->read && !str_eq(l->target, c->repo)) {
		l->read = false;
		l->n = 0;
	}
	if ((!l->read || again) && list_read(l, gh, c, e) != 0)
		return -1;
	return known(l, fingerprint, out);
}

/* Nothing of `once` but what a comment of HTML may have. */
static struct str
comment_mark(struct arena *a, struct str once)
{
	struct str hex = sha256_hex(a, sha256_of(once));

	return arena_fmt(a, "<!-- patchwarden:once=%.32s -->", hex.p);
}

int
look_comment(struct github *gh, struct github_call *c, int64_t number,
    struct str once, struct err *e)
{
	struct github_comments all = { .since = -1 };
	struct str mark = comment_mark(c->a, once);

	if (github_comments(gh, c, number, &all, e) != 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		if (str_find(all.rows[i].body, mark) != all.rows[i].body.len)
			return 1;
	return 0;
}

#define S struct saying
struct saying {
	struct str body;
	struct str state, state_reason, assignee;
	struct str *add, *remove;
	size_t n_add, n_remove;
};
static const struct field saying_fields[] = {
	F_STR(S, body, "body", 0, 0, META_MAX_BYTES, FMT_TEXT, "A comment."),
	F_STR(S, state, "state", 0, 1, 20, FMT_NAME, "open or closed."),
	F_STR(S, state_reason, "state_reason", 0, 1, 20, FMT_NAME, "Why."),
	F_STR(S, assignee, "assignee", 0, 1, 100, FMT_NAME, "Who has it."),
	F_STRS(S, add, n_add, "add_labels", 0, 0, 10, 100, FMT_NAME, "Labels that it gets."),
	F_STRS(S, remove, n_remove, "remove_labels", 0, 0, 10, 100, FMT_NAME, "Labels that it loses."),
	F_END
};
static const struct contract saying_contract = {
	.name = "OutboxBody", .size = sizeof(S), .fields = saying_fields,
	.doc = "What waits in the outbox.",
};
#undef S

int
look_say(struct github *gh, struct github_call *c, int64_t number,
    struct str once, struct str body, struct err *e)
{
	struct github_comment comment = { 0 };
	struct saying s;

	c->outcome = GITHUB_REFUSED;
	if (contract_decode_text(&saying_contract, body, c->a, &s, e) != 0)
		return -1;
	comment.body = arena_fmt(c->a, "%.*s\n\n%s", STR_ARG(s.body),
	    comment_mark(c->a, once).p);
	return github_comment_create(gh, c, number, &comment, e);
}

int
look_set(struct github *gh, struct github_call *c, int64_t number,
    struct str body, struct err *e)
{
	struct github_issue_text t = { 0 };
	struct saying s;

	c->outcome = GITHUB_REFUSED;
	if (contract_decode_text(&saying_contract, body, c->a, &s, e) != 0)
		return -1;
	t.state = s.state;
	t.state_reason = s.state_reason;
	if (t.state.p && github_issue_update(gh, c, number, &t, e) != 0)
		return -1;
	for (size_t i = 0; i < s.n_add; i++)
		if (github_label_add(gh, c, number, s.add[i], e) != 0)
			return -1;
	for (size_t i = 0; i < s.n_remove; i++)
		if (github_label_remove(gh, c, number, s.remove[i], e) != 0)
			return -1;
	c->outcome = GITHUB_DONE;
	if (s.assignee.p)
		return github_assignee_add(gh, c, number, s.assignee, e);
	return 0;
}
