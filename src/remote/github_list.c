#include "remote/github_ask.h"

#define PAGES_MAX 200

/* The rows of one page; 1: take() wants no more. */
static int
read_rows(struct github_call *c, struct github_list *l,
    const struct json *rows, struct err *e)
{
	if (json_kind(rows) != JSON_ARRAY)
		return err_set(e, ERR_INVALID, "an array was expected");
	for (size_t i = 0; i < json_count(rows); i++) {
		void *row = arena_alloc(c->a, l->row->size);

		if (contract_decode(l->row, json_item(rows, i), c->a, row,
		    e) != 0)
			return err_at(e, "row %zu", i);
		if (!l->take(l->to, row))
			return 1;
	}
	return 0;
}

static int
read_page(struct github_call *c, struct github_list *l, struct str body,
    struct err *e)
{
	struct json_doc *doc = NULL;
	const struct json *rows;
	int rc = -1;

	if (json_parse(body, c->a, &doc, e) != 0)
		return -1;
	rows = json_root(doc);
	if (l->wrap && (json_kind(rows) != JSON_OBJECT ||
	    !json_member(rows, l->wrap, &rows)))
		err_set(e, ERR_INVALID, "%s is missing", l->wrap);
	else
		rc = read_rows(c, l, rows, e);
	json_doc_free(doc);
	return rc;
}

int
github_ask_list(struct github *g, struct github_call *c,
    struct github_list *l, struct err *e)
{
	struct github_question q = { .method = "GET",
	    .path = arena_fmt(c->a, "%.*s%cper_page=%d", STR_ARG(l->path),
	    str_has(l->path, '?') ? '&' : '?', GITHUB_PER_PAGE) };
	struct err local = { 0 };

	if (!e)
		e = &local;
	l->more = false;
	for (int page = 0; page < PAGES_MAX; page++) {
		struct github_reply r;
		int rc;

		if (github_ask(g, c, &q, &r, e) != 0)
			return -1;
		rc = read_page(c, l, r.got.body, e);
		if (rc < 0)
			return github_misread(g, c, &q, &r, e);
		github_keep(g, &r);
		l->more = rc > 0;
		if (rc > 0 || !r.got.next.len)
			return 0;
		if (str_eq(r.got.next, r.url))
			break;
		q.url = r.got.next;
	}
	c->outcome = GITHUB_UNSENT;
	return err_set(e, ERR_LIMIT_EXCEEDED, "GitHub's list %.*s does not "
	    "end", STR_ARG(l->path));
}
