/* report_css.h - the looks of report_html(). */
#ifndef REPORT_REPORT_CSS_H
#define REPORT_REPORT_CSS_H

extern const char report_css[];

#endif
