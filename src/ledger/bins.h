/* bins.h - a range of time cut into the hours, days or weeks of a zone. */
#ifndef LEDGER_BINS_H
#define LEDGER_BINS_H

#include "base/zone.h"
#include "model/stat_query.h"

struct bins {
	int64_t *bounds;	/* n + 1, from the range's begin to its end */
	size_t n;
	enum zone_unit unit;
	const struct zone *zone;
};

/* q's zone; ERR_BAD_QUERY at ?tz when nobody knows it. */
int bins_zone(struct arena *a, const struct stat_query *q,
    const struct zone **out, struct err *e);
/* Of q's range in q's zone; arena. */
int bins_make(struct arena *a, const struct stat_query *q, enum zone_unit unit,
    struct bins *out, struct err *e);
/* Which one a time of the range is in. */
size_t bins_find(const struct bins *b, int64_t ms);
/* "2026-11-22", "2026-W47" or "2026-11-22T18:00+01:00"; arena. */
struct str bins_label(const struct bins *b, struct arena *a, size_t i);

#endif
