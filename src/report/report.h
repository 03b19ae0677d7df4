/* report.h - the three forms of a delivery report.
 *
 * The same model gives the same bytes, on any machine, at any time.  All three
 * are UTF-8 and end in a newline; out gets the REPORT_MAX_BYTES ceiling from its
 * owner, who asks buf_check().
 *
 * Foreign text in them is inert (markdown.h, html.h): it makes no link, image,
 * heading, cell, mention, script or request, and hides nothing.  The JSON has
 * it as it is. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "model/report.h"

/* By contract, on one line. */
void report_json(struct buf *out, const struct report *r);
/* Of a report that was kept: HTML is made from this and not kept.  Strings come
 * from the arena; ERR_STORE_FAILED when text is no report. */
int report_parse(struct str text, struct arena *a, struct report *out,
    struct err *e);
/* CommonMark with the tables of GFM. */
void report_md(struct buf *out, const struct report *r);
/* One page that needs nothing else and does nothing: no script, no request;
 * its own policy forbids them.  REPORT_CSP is the header it may be served
 * with.  Light, dark, and for paper. */
void report_html(struct buf *out, const struct report *r);

#define REPORT_CSP "default-src 'none'; style-src 'unsafe-inline';" \
	" base-uri 'none'; form-action 'none'"

#endif
