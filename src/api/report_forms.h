/* report_forms.h - one report in its forms. */
#ifndef API_REPORT_FORMS_H
#define API_REPORT_FORMS_H

#include "http/route.h"

int report_show(struct call *c, struct err *e);
int report_versions(struct call *c, struct err *e);
/* ERR_NOT_FOUND, and how to make one. */
int report_missing(struct str order_id, struct err *e);

#endif
