/* zone_file.h - a file of time zone data (TZif, RFC 9636) as a list of
 * offsets, each from an instant on. */
#ifndef BASE_ZONE_FILE_H
#define BASE_ZONE_FILE_H

#include "base/arena.h"
#include "base/err.h"

#define ZONE_CYCLE_S (INT64_C(146097) * 86400)	/* 400 years: all weekdays */

struct zone_offsets {
	size_t n;		/* at least 1 */
	int64_t *at_s;		/* UTC, ascending; the first is INT64_MIN */
	int32_t *offset_s;	/* east; each unlike the one before */
	/* The last ZONE_CYCLE_S before the last at_s repeat for ever. */
	bool cycle;
};

/* From the bytes of a file; ERR_IO with what is wrong with them. */
int zone_file_read(struct str bytes, struct arena *a,
    struct zone_offsets *out, struct err *e);

#endif
