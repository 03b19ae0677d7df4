/* https_head.h - what the headers of an answer say. */
#ifndef REMOTE_HTTPS_HEAD_H
#define REMOTE_HTTPS_HEAD_H

#include "remote/https.h"

#define HTTPS_HEAD_MAX_BYTES KIB(256)

/* Nothing is said yet. */
struct https_answer https_head_none(void);
/* One line of it, with its end; a status line begins anew.  What is kept is in
 * the arena. */
void https_head_line(struct https_answer *out, struct arena *a,
    struct str line);

#endif
