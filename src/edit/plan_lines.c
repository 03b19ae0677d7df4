/* Operations on lines: where they are, by number, anchor or marker, and the
 * block that comes there. */
#include "dialect/marker.h"
#include "edit/planner.h"

/* Lines first..to-1 of the view, and whether a place of no lines is meant. */
struct spot {
	size_t first, to;
	bool point;			/* between two lines: nothing is replaced */
	size_t named_from, named_to;	/* the lines the client spoke of */
	bool late;
	int rank;
};

static int
outside(size_t k, const char *member, int64_t line, size_t n, struct err *e)
{
	err_set(e, ERR_OUT_OF_RANGE, "%s is %lld, but the file has %zu line%s",
	    member, (long long)line, n, n == 1 ? "" : "s");
	return plan_at(e, k, member);
}

static bool
is_line(int64_t line, size_t n)
{
	return line >= 1 && (uint64_t)line <= n;
}

static bool
is_insert(const struct patch_op *op)
{
	return op->op == OP_INSERT_BEFORE || op->op == OP_INSERT_AFTER;
}

/* Exactly one way to say where. */
static int
ways_check(const struct patch_op *op, size_t k, struct err *e)
{
	bool number = is_insert(op) ? op->line != -1 :
	    op->start != -1 || op->end != -1;
	int ways = number + (op->anchor.p != NULL) + (op->marker.p != NULL);
	const char *member = is_insert(op) ? "line" : "start";

	if (ways > 1) {
		err_set(e, ERR_INVALID, "Give %s, an anchor or a marker, not "
		    "several of them", is_insert(op) ? "line" :
		    "start and end");
		return plan_at(e, k, op->marker.p ? "marker" : "anchor");
	}
	if (ways == 0 || (number && !is_insert(op) && op->start == -1)) {
		err_set(e, ERR_INVALID, "%s is required (or an anchor, or a "
		    "marker)", member);
		return plan_at(e, k, member);
	}
	if (number && !is_insert(op) && op->end == -1) {
		err_set(e, ERR_INVALID, "end is required");
		return plan_at(e, k, "end");
	}
	if (op->end_anchor.p && !op->anchor.p) {
		err_set(e, ERR_INVALID, "An endAnchor needs an anchor");
		return plan_at(e, k, "endAnchor");
	}
	return 0;
}

static int
by_number(const struct patch_op *op, size_t k, size_t n, struct spot *s,
    struct err *e)
{
	if (is_insert(op)) {
		if (!is_line(op->line, n))
			return outside(k, "line", op->line, n, e);
		s->first = (size_t)op->line - 1;
		s->to = (size_t)op->line;
		return 0;
	}
	if (!is_line(op->start, n))
		return outside(k, "start", op->start, n, e);
	if (op->start > op->end) {
		err_set(e, ERR_OUT_OF_RANGE, "start is %lld, after end, which "
		    "is %lld", (long long)op->start, (long long)op->end);
		return plan_at(e, k, "start");
	}
	if (!is_line(op->end, n))
		return outside(k, "end", op->end, n, e);
	s->first = (size_t)op->start - 1;
	s->to = (size_t)op->end;
	return 0;
}

/* The one line that contains a text. */
static int
one_anchor(struct planner *p, struct file *f, size_t k, struct str anchor,
    const char *member, size_t *line, struct err *e)
{
	size_t *lines, n;

	if (str_has(anchor, '\n')) {
		err_set(e, ERR_INVALID, "An anchor is a part of one line");
		return plan_at(e, k, member);
	}
	if (plan_look(p, view_text(p, f)->text.len * 2, e) != 0)
		return -1;
	anchor_find(p->turn, view_text(p, f)->text, anchor, &lines, &n);
	if (n == 1) {
		*line = lines[0];
		return 0;
	}
	if (n == 0)
		err_set(e, ERR_ANCHOR_MISSING, "No line of %.*s contains this "
		    "%s", STR_ARG(f->path), member);
	else
		err_set(e, ERR_ANCHOR_AMBIGUOUS, "%zu lines of %.*s contain "
		    "this %s: %zu, %zu%s", n, STR_ARG(f->path), member,
		    lines[0] + 1, lines[1] + 1, n > 2 ? ", …" : "");
	return plan_at(e, k, member);
}

static int
by_anchor(struct planner *p, struct file *f, size_t k, struct spot *s,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];

	if (one_anchor(p, f, k, op->anchor, "anchor", &s->first, e) != 0)
		return -1;
	s->to = s->first + 1;
	if (!op->end_anchor.p)
		return 0;
	if (one_anchor(p, f, k, op->end_anchor, "endAnchor", &s->to, e) != 0)
		return -1;
	if (s->to++ < s->first) {
		err_set(e, ERR_OUT_OF_RANGE, "The endAnchor stands in line %zu,"
		    " before the anchor in line %zu", s->to, s->first + 1);
		return plan_at(e, k, "endAnchor");
	}
	return 0;
}

static int
by_marker(struct planner *p, struct file *f, size_t k, struct spot *s,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct str text = view_text(p, f)->text;
	struct marker_hit *hits, *more;
	size_t n, m;

	if (plan_look(p, text.len * 2, e) != 0)
		return -1;
	marker_find(p->turn, text, MARKER_FINAL_MILE, op->marker, &hits, &n);
	marker_find(p->turn, text, MARKER_BEGIN_END, op->marker, &more, &m);
	if (n + m != 1) {
		if (n + m)
			err_set(e, ERR_ANCHOR_AMBIGUOUS, "%.*s has %zu markers "
			    "%.*s; there must be one", STR_ARG(f->path), n + m,
			    STR_ARG(op->marker));
		else
			err_set(e, ERR_ANCHOR_MISSING, "%.*s has no marker "
			    "%.*s", STR_ARG(f->path), STR_ARG(op->marker));
		return plan_at(e, k, "marker");
	}
	if (m)
		hits = more;
	s->first = hits->first;
	s->to = hits->last + 1;
	if (!hits->closed || op->include_markers)
		return 0;
	if (hits->first == hits->last) {
		err_set(e, ERR_ANCHOR_MISSING, "There is no line between the "
		    "markers %.*s, which share line %zu; send includeMarkers",
		    STR_ARG(op->marker), hits->first + 1);
		return plan_at(e, k, "marker");
	}
	s->first++;
	s->to--;
	return 0;
}

/* Where an operation edits, in lines of the view. */
static int
locate(struct planner *p, struct file *f, size_t k, struct spot *s,
    struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	size_t n = view_lines(p, f);
	int rc;

	*s = (struct spot){ 0 };
	if (op->op == OP_APPEND || op->op == OP_PREPEND) {
		bool end = op->op == OP_APPEND;

		/* an expectation is of the whole */
		s->named_to = n;
		s->first = s->to = end ? n : 0;
		s->point = true;
		s->late = end;
		s->rank = end ? 1 : -1;
		return 0;
	}
	if (ways_check(op, k, e) != 0)
		return -1;
	rc = op->anchor.p ? by_anchor(p, f, k, s, e) : op->marker.p ?
	    by_marker(p, f, k, s, e) : by_number(op, k, n, s, e);
	s->named_from = s->first;
	s->named_to = s->to;
	if (op->op == OP_INSERT_BEFORE)
		s->to = s->first;
	else if (op->op == OP_INSERT_AFTER)
		s->first = s->to;
	s->point = is_insert(op);
	s->late = op->op == OP_INSERT_BEFORE;
	return rc;
}

static int
block_of(struct planner *p, size_t k, struct str *block, struct err *e)
{
	*block = STR("");
	if (p->batch->ops[k].op == OP_DELETE_BLOCK)
		return 0;
	if (plan_block(p, k, block, e) != 0)
		return -1;
	if (!text_is_binary(*block))
		return 0;
	err_set(e, ERR_BINARY_FILE, "The block has a NUL byte");
	return plan_at(e, k, plan_block_member(p, k));
}

int
plan_draft_lines(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e)
{
	const struct patch_op *op = &p->batch->ops[k];
	struct file *f = plan_file_find(p, op->file);
	size_t from, to, named_from, named_to;
	struct draft *d;
	struct spot s;
	struct hunk h;

	if (plan_text_check(p, f, k, e) != 0 || locate(p, f, k, &s, e) != 0)
		return -1;
	from = view_line_start(p, f, s.first);
	to = s.point ? from : view_line_start(p, f, s.to);
	named_from = view_line_start(p, f, s.named_from);
	named_to = view_line_start(p, f, s.named_to);
	if (plan_expect_span(p, f, k, named_from, named_to, r, e) != 0)
		return -1;
	/* a file that the batch made has but two places: its start and end */
	if (!plan_sequential(p) && !f->existed)
		from = to = 0;
	h = (struct hunk){ .from = from, .gone = { NULL, to - from },
	    .rank = s.rank };
	if (block_of(p, k, &h.come, e) != 0)
		return -1;
	d = plan_draft(p, out, f, DRAFT_EDIT);
	script_insert(p->a, &d->script, 0, &h);
	d->whole_lines = true;
	d->padding = op->open_space ? p->limits->open_space_padding : 0;
	d->watch = arena_new_of(p->a, struct reach);
	*d->watch = (struct reach){ from, to, s.late };
	/* an insert is void when the line it names has changed */
	if (is_insert(op))
		*d->watch = (struct reach){ named_from, named_to, s.late };
	return 0;
}
