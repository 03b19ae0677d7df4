/* search-replace: a text for another, wherever it stands. */
#include "dialect/fences.h"
#include "edit/match.h"
#include "edit/planner.h"

/* "3, 17 and 20": the lines of the first matches. */
static struct str
lines_of_matches(struct planner *p, const struct lines *v,
    const struct matches *m)
{
	struct str s = STR("");

	for (size_t i = 0; i < m->n && i < 5; i++)
		s = arena_fmt(p->a, "%.*s%s%zu", STR_ARG(s), i ? ", " : "",
		    lines_at(v, m->m[i].from) + 1);
	return m->n > 5 ? arena_fmt(p->a, "%.*s, …", STR_ARG(s)) : s;
}

static int
not_found(struct planner *p, struct file *f, size_t k, struct str replace,
    struct plan_result *r, struct err *e)
{
	const struct lines *v = view_text(p, f);
	struct matches there = { 0 };

	if (replace.len)
		match_find(p->a, v->text, replace, MATCH_ANYWHERE, &there);
	plan_show(p, f, 0, there.n ? 0 : f->base.n, r);
	if (there.kind == MATCH_EXACT)
		err_set(e, ERR_ALREADY_APPLIED, "The text to search is not in "
		    "%.*s, but what shall replace it is, in line %.*s",
		    STR_ARG(f->path), STR_ARG(lines_of_matches(p, v, &there)));
	else
		err_set(e, ERR_MATCH_NOT_FOUND, "The text to search is not in "
		    "%.*s, neither exactly nor but for blanks at the ends of "
		    "lines", STR_ARG(f->path));
	return plan_at(e, k, "search");
}

/* Which of the matches are meant: first..last-1. */
static int
choose(struct planner *p, struct file *f, size_t k, const struct matches *m,
    size_t *first, size_t *last, struct err *e)
{
	int64_t n = p->batch->ops[k].occurrence;

	*first = 0;
	*last = m->n;
	if (n == OCCURRENCE_ALL || (n == OCCURRENCE_UNIQUE && m->n == 1))
		return 0;
	if (n == OCCURRENCE_UNIQUE) {
		err_set(e, ERR_MATCH_AMBIGUOUS, "The text to search is in %.*s "
		    "%zu times, in lines %.*s", STR_ARG(f->path), m->n,
		    STR_ARG(lines_of_matches(p, view_text(p, f), m)));
		return plan_at(e, k, "search");
	}
	if ((uint64_t)n > m->n) {
		err_set(e, ERR_OUT_OF_RANGE, "occurrence is %lld, but the text "
		    "is in %.*s %zu time%s", (long long)n, STR_ARG(f->path),
		    m->n, m->n == 1 ? "" : "s");
		return plan_at(e, k, "occurrence");
	}
	*first = (size_t)n - 1;
	*last = (size_t)n;
	return 0;
}

static int
check(struct planner *p, size_t k, struct str search, struct str replace,
    struct err *e)
{
	(void)p;
	if (!search.len) {
		err_set(e, ERR_INVALID, "search may not be empty");
		return plan_at(e, k, "search");
	}
	if (text_is_binary(replace)) {
		err_set(e, ERR_BINARY_FILE, "The text that replaces has a NUL "
		    "byte");
		return plan_at(e, k, "replace");
	}
	return 0;
}

/* One text for another: hunks into the draft. */
static int
search_one(struct planner *p, struct file *f, size_t k, struct str search,
    struct str replace, enum match_place place, struct draft *d,
    struct plan_result *r, struct err *e)
{
	const struct lines *v = view_text(p, f);
	struct matches m;
	size_t first, last;

	if (check(p, k, search, replace, e) != 0)
		return -1;
	if (p->batch->eol == EOL_AUTO &&
	    text_endings(v->text) == ENDINGS_CRLF) {
		search = text_to_crlf(p->a, search);
		replace = text_to_crlf(p->a, replace);
	}
	match_find(p->a, v->text, search, place, &m);
	if (!m.n)
		return not_found(p, f, k, replace, r, e);
	if (choose(p, f, k, &m, &first, &last, e) != 0)
		return -1;
	if (!r->match || m.kind == MATCH_TRAILING_SPACE)
		r->match = match_names[m.kind];
	for (size_t i = first; i < last; i++) {
		struct hunk h = { m.m[i].from, str_n(v->text.p + m.m[i].from,
		    m.m[i].to - m.m[i].from), replace, 0 };

		if (!script_add(p->a, &d->script, &h)) {
			err_set(e, ERR_OVERLAP, "Two SEARCH blocks match the "
			    "same text, in line %zu", lines_at(v, h.from) + 1);
			return plan_at(e, k, "block");
		}
	}
	return plan_hold(p, (last - first) * sizeof(struct hunk), e);
}

/* Blocks in fences, all for this file. */
static int
search_fences(struct planner *p, struct file *f, size_t k, struct draft *d,
    struct plan_result *r, struct err *e)
{
	struct fence *fences;
	struct str block;
	size_t n;

	if (plan_block(p, k, &block, e) != 0)
		return -1;
	if (fences_read(p->a, block, &fences, &n, e) != 0)
		return plan_at(e, k, "block");
	for (size_t i = 0; i < n; i++) {
		if (fences[i].path.p && !str_eq(fences[i].path, f->path)) {
			err_set(e, ERR_BAD_PATCH, "Line %zu of the block names "
			    "%.*s, but file is %.*s", fences[i].at,
			    STR_ARG(fences[i].path), STR_ARG(f->path));
			return plan_at(e, k, "block");
		}
		if (search_one(p, f, k, fences[i].search, fences[i].replace,
		    MATCH_LINES, d, r, e) != 0)
			return -1;
	}
	d->whole_lines = true;
	return 0;
}

int
plan_draft_search(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct file *f = plan_file_find(p, op->file);
	struct draft *d;
	bool fences = op->block.p || op->block_file.p;

	if (plan_text_check(p, f, k, e) != 0 ||
	    plan_expect_span(p, f, k, view_text(p, f)->mark,
	    view_text(p, f)->text.len, r, e) != 0)
		return -1;
	if (fences ? op->search.p || op->replace.p :
	    !op->search.p || !op->replace.p) {
		err_set(e, ERR_INVALID, fences ? "Give search and replace, or a "
		    "block of SEARCH/REPLACE, not both" : "search and replace "
		    "are needed, or a block of SEARCH/REPLACE");
		return plan_at(e, k, op->search.p ? "replace" : "search");
	}
	d = plan_draft(p, out, f, DRAFT_EDIT);
	if (fences)
		return search_fences(p, f, k, d, r, e);
	return search_one(p, f, k, op->search, op->replace, MATCH_ANYWHERE, d,
	    r, e);
}
