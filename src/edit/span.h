/* span.h - where an operation edits: between which lines, and who was there.
 *
 * A span runs from boundary `from` to boundary `to`; boundary b lies before
 * line b counted from 0, so an insertion has from == to. */
#ifndef EDIT_SPAN_H
#define EDIT_SPAN_H

#include "base/err.h"
#include "edit/doc.h"

struct span {
	size_t from, to;
};

/* What an operation did, in the coordinates of the file before the batch. */
struct edit {
	size_t op;		/* its index in the batch */
	struct span span;
	size_t come;		/* lines that stand there now */
};

struct edits {
	struct edit *e;
	size_t n, cap;
};

/* The span of operation number `index` in a file of n_lines lines;
 * ERR_OUT_OF_RANGE with at = "/patches/<index>/start" or end, line. */
int span_of(const struct patch_op *op, size_t index, size_t n_lines,
    struct span *out, struct err *e);

void edits_add(struct arena *a, struct edits *list, const struct edit *edit);
/* Where a span of the old file begins now, after the edits of the list.
 * ERR_OVERLAP when one of them touches its lines; edits that only meet at an
 * edge do not, and insertions at one point stay in the order they came. */
int edits_map(const struct edits *list, size_t index, struct span span,
    size_t *now, struct err *e);

#endif
