#ifndef API_PATCHES_H
#define API_PATCHES_H
/* patches.h - the routes of patches.fcgi: edits, events, files. */
#include "edit/batch.h"
#include "http/route.h"
extern const struct route patches_routes[];

/* The routes ask for patch:preview, which is enough for a dry run; anything
 * else needs patch:apply. */
int patches_may(const struct call *c, const struct patch_batch *b,
    struct err *e);
/* Apply (or simulate) a batch and answer. */
int patches_run(struct call *c, struct patch_batch *b, const char *route,
    struct err *e);
#endif
