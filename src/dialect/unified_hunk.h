/* unified_hunk.h - one hunk of a unified diff. */
#ifndef DIALECT_UNIFIED_HUNK_H
#define DIALECT_UNIFIED_HUNK_H

#include "dialect/cursor.h"
#include "dialect/patchset.h"

/* What the header says.  Lines count from 1; with a count of 0 the line is the
 * one before. */
struct hunk_range {
	int64_t old_line, old_count, new_line, new_count;
	bool old_ended;		/* a line without line end: nothing follows */
};

/* "@@ -l[,c] +l[,c] @@" and what may follow. */
bool hunk_range_read(struct str line, struct hunk_range *r);
/* c is at the header, and left behind the last line.  -1 with ERR_BAD_PATCH
 * when the lines do not fit the counts. */
int hunk_read(struct arena *a, struct cursor *c, struct patch_hunk *h,
    struct hunk_range *r, struct err *e);

#endif
