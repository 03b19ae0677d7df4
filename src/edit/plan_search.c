/* search-replace: a text for another, wherever it stands. */
#include <ctype.h>

#include "dialect/fences.h"
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

/* One text for another. */
struct swap {
	struct str search, replace;
	enum match_place place;
	size_t at;		/* its line in the block; 0: there is no block */
};

static int
at_swap(const struct planner *p, size_t k, const struct swap *w,
    const char *member, struct err *e)
{
	if (w->at)
		return plan_at_line(p, k, "block", w->at, e);
	e->detail[0] = (char)toupper((unsigned char)e->detail[0]);
	return plan_at(e, k, member);
}

static int
not_found(struct planner *p, struct file *f, size_t k, const struct swap *w,
    struct plan_result *r, struct err *e)
{
	const struct lines *v = view_text(p, f);
	struct matches there = { 0 };
	bool done;

	if (w->replace.len)
		match_find(p->turn, v->text, w->replace, w->place, &there);
	/* several may have been there before */
	done = there.kind == MATCH_EXACT && there.n == 1 && !there.twice;
	if (done)
		plan_show(p, f, lines_at(v, there.m[0].from),
		    lines_at(v, there.m[0].to), r);
	else
		plan_show(p, f, 0, f->base.n, r);
	if (done)
		err_set(e, ERR_ALREADY_APPLIED, "the text to search is not in "
		    "%.*s, but what shall replace it is, in line %.*s",
		    STR_ARG(f->path), STR_ARG(lines_of_matches(p, v, &there)));
	else
		err_set(e, ERR_MATCH_NOT_FOUND, "the text to search is not in "
		    "%.*s, neither exactly nor but for blanks at the ends of "
		    "lines", STR_ARG(f->path));
	return at_swap(p, k, w, "search", e);
}

/* Which of the matches are meant: first..last-1. */
static int
choose(struct planner *p, struct file *f, size_t k, const struct swap *w,
    const struct matches *m, size_t *first, size_t *last, struct err *e)
{
	int64_t n = p->batch->ops[k].occurrence;

	*first = 0;
	*last = m->n;
	if (n == OCCURRENCE_ALL || (n == OCCURRENCE_UNIQUE && m->n == 1 &&
	    !m->twice))
		return 0;
	if (n == OCCURRENCE_UNIQUE) {
		struct str where = lines_of_matches(p, view_text(p, f), m);

		if (m->twice)
			err_set(e, ERR_MATCH_AMBIGUOUS, "the text to search is "
			    "in line %.*s of %.*s, and again within that",
			    STR_ARG(where), STR_ARG(f->path));
		else
			err_set(e, ERR_MATCH_AMBIGUOUS, "the text to search is "
			    "in %.*s %zu times, in lines %.*s",
			    STR_ARG(f->path), m->n, STR_ARG(where));
		return at_swap(p, k, w, "search", e);
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
check(const struct planner *p, size_t k, const struct swap *w, struct err *e)
{
	if (!w->search.len) {
		err_set(e, ERR_INVALID, "the text to search may not be empty");
		return at_swap(p, k, w, "search", e);
	}
	if (text_is_binary(w->replace)) {
		err_set(e, ERR_BINARY_FILE, "the text that replaces has a NUL "
		    "byte");
		return at_swap(p, k, w, "replace", e);
	}
	return 0;
}

/* Hunks into the draft. */
static int
search_one(struct planner *p, size_t k, struct swap w, struct draft *d,
    struct plan_result *r, struct err *e)
{
	struct file *f = d->file;
	const struct lines *v = view_text(p, f);
	struct matches m;
	size_t first, last;

	if (check(p, k, &w, e) != 0)
		return -1;
	if (p->batch->eol == EOL_AUTO && view_crlf(p, f)) {
		w.search = text_to_crlf(p->a, w.search);
		w.replace = text_to_crlf(p->a, w.replace);
	}
	if (view_find(p, v->text, w.search, w.place, &m, e) != 0)
		return -1;
	if (!m.n)
		return not_found(p, f, k, &w, r, e);
	if (choose(p, f, k, &w, &m, &first, &last, e) != 0)
		return -1;
	if (!r->match || m.kind == MATCH_TRAILING_SPACE)
		r->match = match_names[m.kind];
	for (size_t i = first; i < last; i++) {
		struct hunk h = { m.m[i].from, str_n(v->text.p + m.m[i].from,
		    m.m[i].to - m.m[i].from), w.replace, 0 };

		if (!script_add(p->a, &d->script, &h)) {
			err_set(e, ERR_OVERLAP, "another block of the "
			    "operation edits the same text, in line %zu",
			    lines_at(v, h.from) + 1);
			return at_swap(p, k, &w, "search", e);
		}
	}
	return plan_hold(p, (last - first) * sizeof(struct hunk), e);
}

/* Blocks in fences, all for this file. */
static int
search_fences(struct planner *p, size_t k, struct draft *d,
    struct plan_result *r, struct err *e)
{
	struct str path = d->file->path, block;
	struct fence *fences;
	size_t n;

	if (plan_block(p, k, &block, e) != 0)
		return -1;
	if (fences_read(p->a, block, &fences, &n, e) != 0)
		return plan_at(e, k, plan_block_member(p, k));
	for (size_t i = 0; i < n; i++) {
		const struct fence *one = &fences[i];

		if (one->path.p && !str_eq(one->path, path)) {
			err_set(e, ERR_BAD_PATCH, "above it stands %.*s, but "
			    "file is %.*s", STR_ARG(one->path), STR_ARG(path));
			return plan_at_line(p, k, "block", one->at, e);
		}
		if (search_one(p, k, (struct swap){ one->search, one->replace,
		    MATCH_LINES, one->at }, d, r, e) != 0)
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
		return search_fences(p, k, d, r, e);
	return search_one(p, k, (struct swap){ op->search, op->replace,
	    MATCH_ANYWHERE, 0 }, d, r, e);
}
