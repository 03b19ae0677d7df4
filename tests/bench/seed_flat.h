/* seed_flat.h - the same story as the product's specification would keep it:
 * one table of texts, with three indexes. */
#ifndef BENCH_SEED_FLAT_H
#define BENCH_SEED_FLAT_H

#include "base/err.h"
#include "seed_story.h"

struct flat;

int flat_create(struct flat **out, const char *path, struct err *e);
int flat_begin(struct flat *f, struct err *e);
int flat_commit(struct flat *f, struct err *e);
/* Rows get the ids that the events have in our log. */
int flat_put(struct flat *f, const struct chapter *c, struct err *e);
/* Makes the indexes, which is kinder to this table than to grow them. */
int flat_close(struct flat *f, struct err *e);

#endif
