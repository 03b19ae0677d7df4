/* reverse.h - a unified diff read backwards. */
#ifndef LOCAL_REVERSE_H
#define LOCAL_REVERSE_H

#include "base/arena.h"
#include "base/buf.h"

/* Append the diff that takes `diff` back: its sections from the last to the
 * first, in each hunk what goes before what comes.  The diff is one of ours
 * (edit/udiff.h, git's form); ERR_BAD_PATCH when it is not. */
int diff_reverse(struct arena *a, struct str diff, struct buf *out,
    struct err *e);

#endif
