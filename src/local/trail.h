/* trail.h - patch_log.jsonl: what happened, one event a line, oldest first. */
#ifndef LOCAL_TRAIL_H
#define LOCAL_TRAIL_H

#include "local/local.h"

/* The events as lines; texts of files are for the asker only. */
void trail_lines(const struct patch_event *p, size_t n, struct buf *out);
int trail_append(struct local *l, const struct patch_event *p, size_t n,
    struct err *e);
/* All events; seq is the number of the line.  Lines that are no event are
 * passed over. */
int trail_read(struct local *l, struct patch_event **out, size_t *n,
    struct err *e);
/* Those that the query wants, in its order; *total counts before its limit. */
int trail_select(struct local *l, const struct log_query *q,
    struct patch_event **out, size_t *n, size_t *total, struct err *e);
/* The events of one patch; ERR_NOT_FOUND when there is none. */
int trail_of(struct local *l, struct str patch_id, struct patch_event **out,
    size_t *n, struct err *e);
/* The diff of a patch; ERR_NOT_FOUND. */
int trail_diff(struct local *l, struct str patch_id, struct str *out,
    struct err *e);
/* "patches/<id>.diff": of the edit that an event tells of, which for
 * patch_reverted is the one that took the patch back. */
const char *trail_diff_name(struct arena *a, const struct patch_event *p);

#endif
