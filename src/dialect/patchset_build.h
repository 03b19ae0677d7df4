/* patchset_build.h - what both readers of patch sets put together. */
#ifndef DIALECT_PATCHSET_BUILD_H
#define DIALECT_PATCHSET_BUILD_H

#include "dialect/patchset.h"

/* A new last one, zeroed but for what is not stated; good until the next one
 * is added. */
struct patch_section *patchset_add(struct arena *a, struct patchset *set);
struct patch_hunk *patchset_add_hunk(struct arena *a, struct patch_section *s);
/* -1 when a name is in the set twice, as the old or the new one. */
int patchset_names_once(struct arena *a, const struct patchset *set,
    struct err *e);

#endif
