/* line.h - tables worker_logs and build_logs: the lines that were severe enough
 * to be kept, cleaned and without secrets. */
#ifndef TRACKER_LINE_H
#define TRACKER_LINE_H

#include "model/log_line.h"
#include "store/db.h"

/* Was a line with this key stored before?  1, 0, -1. */
int line_known(struct db *db, enum line_kind kind, const struct sha256 *key,
    struct err *e);
/* Inside db_begin(); the key must be new.  issue_id 0: of none. */
int line_insert(struct db *db, const struct log_line *l,
    const struct sha256 *key, int64_t issue_id, struct err *e);
/* The newest of an issue, at most max; strings from the arena. */
int line_of_issue(struct db *db, struct arena *a, enum line_kind kind,
    int64_t issue_id, size_t max, struct log_line **out, size_t *n,
    struct err *e);

#endif
