#include "edit/planner.h"

#define SECOND_WAY 8		/* to look but for blanks takes so much longer */

bool
plan_sequential(const struct planner *p)
{
	return p->batch->coordinates == COORD_SEQUENTIAL;
}

/* What the operations before left of the text the client saw. */
static const struct doc *
view_doc(const struct file *f)
{
	return f->since.n ? &f->view : &f->doc;
}

/* A file that the batch itself made has no text before it. */
static bool
is_fixed(const struct planner *p, const struct file *f)
{
	return !plan_sequential(p) && (f->existed || !f->exists);
}

size_t
view_lines(const struct planner *p, const struct file *f)
{
	return is_fixed(p, f) ? f->seen->n : doc_lines(view_doc(f));
}

size_t
view_line_start(const struct planner *p, const struct file *f, size_t line)
{
	return is_fixed(p, f) ? lines_start(f->seen, line) :
	    doc_line_start(view_doc(f), line);
}

const struct lines *
view_text(struct planner *p, struct file *f)
{
	if (is_fixed(p, f))
		return f->seen;
	if (!f->now) {
		struct doc doc = *view_doc(f);

		doc.a = p->turn;
		f->now = arena_new_of(p->turn, struct lines);
		lines_of(p->turn, doc_bytes(&doc), f->now);
		f->viewed = p->viewed;
		p->viewed = f;
		/* past the limit it is the next look that is refused */
		p->looked += f->now->text.len * 2;
	}
	return f->now;
}

void
view_end(struct planner *p)
{
	for (; p->viewed; p->viewed = p->viewed->viewed)
		p->viewed->now = NULL;
}

struct str
view_slice(struct planner *p, const struct file *f, size_t from, size_t to)
{
	struct doc doc = *view_doc(f);

	if (is_fixed(p, f))
		return str_n(f->seen->text.p + from, to - from);
	doc.a = p->turn;
	return doc_slice(&doc, from, to - from);
}

bool
view_crlf(struct planner *p, struct file *f)
{
	const struct doc *doc = view_doc(f);

	if (is_fixed(p, f))
		return f->seen_endings == ENDINGS_CRLF;
	/* other line ends may have gone since */
	if (doc->endings != ENDINGS_OTHER)
		return doc->endings == ENDINGS_CRLF;
	return text_endings(view_slice(p, f, 0, doc_line_end(doc, 0))) ==
	    ENDINGS_CRLF &&
	    text_endings(view_text(p, f)->text) == ENDINGS_CRLF;
}

int
view_find(struct planner *p, struct str text, struct str needle,
    enum match_place place, struct matches *out, struct err *e)
{
	if (plan_look(p, text.len, e) != 0)
		return -1;
	match_find(p->turn, text, needle, place, out);
	if (out->kind != MATCH_EXACT &&
	    plan_look(p, text.len * SECOND_WAY, e) != 0)
		return -1;
	return plan_look(p, out->n * 4 * sizeof(*out->m), e);
}
