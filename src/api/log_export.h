/* log_export.h - the log as a file: all rows that match, one a line. */
#ifndef API_LOG_EXPORT_H
#define API_LOG_EXPORT_H

#include "govern/govern.h"
#include "http/route.h"
#include "model/log_query.h"

/* Answer with NDJSON or CSV, in constant memory, as of one moment; the last
 * line tells how many rows there are and the hash of all bytes before it, so
 * that a part is not taken for the whole.  With r->follow rows that come later
 * are sent as they come, until the client goes away. */
int log_export(struct call *c, struct govern *g, const struct log_request *r,
    struct err *e);

#endif
