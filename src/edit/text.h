/* text.h - bytes as lines, and blocks made to fit a file.
 *
 * A line ends with LF and keeps it; the last one may go without.  CR is an
 * ordinary byte, except that a file whose lines all end in CRLF is written to
 * in CRLF.  Nothing is decoded, so bytes that are not UTF-8 stay as they are. */
#ifndef EDIT_TEXT_H
#define EDIT_TEXT_H

#include "base/arena.h"
#include "edit/batch.h"

struct lines {
	struct str text;
	uint32_t *start;	/* n + 1 offsets; the last one is text.len */
	size_t n;
};

/* How many lines end in LF alone and in CRLF; an open last line in neither. */
struct endings {
	size_t lf, crlf;
};

/* text is borrowed (below 4 GiB), the offsets are the arena's. */
void lines_of(struct arena *a, struct str text, struct lines *out);
/* The bytes of n lines from first (0-based), with their line ends. */
struct str lines_slice(const struct lines *l, size_t first, size_t n);
struct endings lines_endings(const struct lines *l, size_t first, size_t n);

bool line_is_open(struct str line);	/* without LF at its end */
bool text_is_binary(struct str s);	/* has a NUL anywhere */
extern const struct str text_bom;	/* of UTF-8 */

/* What a block becomes inside of a file. */
struct block_fit {
	bool crlf;		/* the file's lines all end in CRLF */
	bool last;		/* nothing will come after the block */
	enum eol_rule eol;
	int64_t padding;	/* blank lines to leave after it */
};

/* Whole lines: bare LFs become CRLF where the file has CRLF (unless EOL_KEEP),
 * and a missing line end is added unless the block is the end of the file. */
struct str block_fit(struct arena *a, struct str block,
    const struct block_fit *how);
/* The same without an end: for comparing what was expected with a span. */
struct str text_to_crlf(struct arena *a, struct str s);

#endif
