#include "edit/planner.h"

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
		f->now = arena_new_of(p->a, struct lines);
		lines_of(p->a, doc_bytes(view_doc(f)), f->now);
	}
	return f->now;
}
