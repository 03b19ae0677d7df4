/* answer.h - what is said in HTTP before a stream begins, or instead of it. */
#ifndef BROADCASTD_ANSWER_H
#define BROADCASTD_ANSWER_H

#include "broadcastd/admit.h"

/* 101 */
void answer_upgrade(struct buf *out, struct arena *a,
    const struct admission *ad);
/* 200 text/event-stream, up to the first event. */
void answer_stream(struct buf *out, const struct admission *ad);
/* 200 with that body, which HEAD leaves out. */
void answer_body(struct buf *out, const struct admission *ad,
    const char *type, struct str body);
/* 204 for OPTIONS. */
void answer_options(struct buf *out, const struct admission *ad,
    const char *allow);
/* The problem document of e; allow as admit() gave it; origin may be
 * STR_NONE; bodiless for HEAD. */
void answer_problem(struct buf *out, const struct err *e, const char *allow,
    struct str origin, bool head);

#endif
