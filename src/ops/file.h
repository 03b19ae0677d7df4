/* file.h - which issues are made on GitHub, and with what words.
 *
 * Text from logs is inert there: in fences and code spans that it cannot leave,
 * without mentions, references and closing keywords, cut below GitHub's limit. */
#ifndef OPS_FILE_H
#define OPS_FILE_H

#include "ops/ops.h"

/* The hidden mark by which an issue is known again. */
struct str file_mark(struct arena *a, struct str fingerprint);
/* Which one an issue's body has: 32 hex digits (a part of body), or absent. */
struct str file_mark_of(struct str body);

/* Of an issue, and of those that were too many, under one. */
void file_title(struct buf *out, const struct ops_issue *i);
void file_body(struct buf *out, const struct ops_issue *i,
    const struct log_line *lines, size_t n_lines);

/* Inside db_begin(): it is to be made on GitHub.  1; 0 when it is so already,
 * is not bad enough, or today's budget is used up (*held is set then). */
int file_issue(struct ops *o, struct arena *a, const struct ops_issue *i,
    bool *held, struct err *e);
/* Inside db_begin(): it has so many lines now, or came back; GitHub is told at
 * 10, 100, 1000, … */
int file_news(struct ops *o, struct arena *a, const struct ops_issue *i,
    bool regressed, struct err *e);
/* At the end of a scan: those that are still not filed, at most max of them;
 * more go under one issue of the day.  Own transaction. */
int file_rest(struct ops *o, struct arena *a, int64_t max, int64_t *filed,
    int64_t *held, struct err *e);

#endif
