/* html.h - pieces of HTML. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/buf.h"

/* Foreign text: what HTML knows is escaped, what is hidden is shown
 * (visible.h) and marked, and it is isolated, so that text from right to left
 * leaves what stands beside it alone.  Absent text is a dash, empty text says
 * so; what is too long is cut and the missing bytes counted. */
void html_text(struct buf *out, struct str s);
/* The same where no element may stand: titles, attributes. */
void html_plain(struct buf *out, struct str s);

#endif
