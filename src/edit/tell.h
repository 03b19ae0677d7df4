/* tell.h - what a patch event says of an operation: who asked for what, and
 * what the plan made of it.  Who keeps the event adds when, and where the diff
 * is. */
#ifndef EDIT_TELL_H
#define EDIT_TELL_H

#include "edit/plan.h"
#include "model/patch_event.h"

/* What all events of operation k have in common, with a new patch_id; the
 * texts are the batch's. */
struct patch_event tell_asked(struct arena *a, const struct patch_batch *b,
    size_t k);
/* Its files, hashes and lines, or why it was refused.  True when it can be
 * carried out: then it has no type and status yet. */
bool tell_planned(struct arena *a, const struct plan *plan, size_t k,
    struct patch_event *p);

#endif
