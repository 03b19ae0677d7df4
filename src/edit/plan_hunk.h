/* plan_hunk.h - inside of plan*.c: the hunks of one section of a patch. */
#ifndef EDIT_PLAN_HUNK_H
#define EDIT_PLAN_HUNK_H

#include "text/match.h"
#include "edit/planner.h"

/* The hunks find their places one after the other. */
struct section {
	struct planner *p;
	struct file *f;
	size_t k;
	const struct lines *v;
	bool crlf;		/* lines take the file's CRLF */
	bool known;		/* the base is known: line numbers count */
	size_t behind;		/* the hunk before ends here */
	struct str old;		/* what the hunk looks for */
	enum match_place place;
	struct draft *d;
	struct plan_result *r;
};

/* The edits go into d, in positions of the view of f. */
struct section plan_section(struct planner *p, size_t k, struct file *f,
    struct draft *d, struct plan_result *r);
int plan_section_edits(struct section *s, const struct patch_section *sec,
    struct err *e);

#endif
