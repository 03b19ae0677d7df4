/* markdown.h - pieces of Markdown (CommonMark 0.31 and the tables of GFM). */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "base/buf.h"

/* Foreign text as a code span, in which Markdown knows no markup, links,
 * mentions or closing words: one line (visible.h), its fence a run of backticks
 * that the text does not have.  Absent text is a dash, empty text says so; what
 * is too long is cut and the missing bytes counted behind it.
 *
 * In a table (cell) a pipe gets a backslash, as cells are cut before code is
 * seen; a backslash before a pipe is written \u{5c}, since programs disagree
 * whether "\\|" ends a cell. */
void markdown_code(struct buf *out, struct str s, bool cell);

/* Foreign text of several lines as a fenced block, with a fence that it does not
 * have: the same, line by line, and at most max bytes of it. */
void markdown_block(struct buf *out, struct str s, size_t max);

#endif
