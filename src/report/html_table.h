/* html_table.h - one section of a report as a table of HTML. */
#ifndef REPORT_HTML_TABLE_H
#define REPORT_HTML_TABLE_H

#include "base/buf.h"
#include "report/section.h"

void html_section(struct buf *out, const struct section *s,
    const struct report *r);
/* <time>, or a dash when ms is negative.  The date is left to its attribute when
 * it is that of day_ms (-1: no such day), which stands above. */
void html_time(struct buf *out, int64_t ms, int64_t day_ms);

#endif
