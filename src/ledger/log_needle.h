/* log_needle.h - a part of a text, looked for in rows of the log.
 *
 * A row is judged by the numbers of its terms: each term's text is compared
 * once and remembered.  needle_collect() finds the terms that match from the
 * other end, by the index of trigrams, and then the blocks that have them.
 * ASCII letters match in either case, all other characters exactly. */
#ifndef LEDGER_LOG_NEEDLE_H
#define LEDGER_LOG_NEEDLE_H

#include "ledger/log_blocks.h"

/* What of a row of patch_log it is about. */
struct log_cells {
	int64_t id, flags, file, op, requester, reason, error;
};

struct needle {
	struct str text;	/* its ASCII letters small */
	size_t rare;		/* of its bytes, the one that stands out */
	bool everywhere;	/* else only in files */
	/* Terms that were judged: id * 2 + hit, in a hash table; 0: free. */
	int64_t *judged;
	size_t n_judged, room;
	/* Every term from this number on that matches is among those. */
	int64_t known_from;
	/* Blocks: with any hit; with one in meta; with one in files. */
	bool collected;
	struct block_set any, meta, files;
};

void needle_begin(struct needle *n, struct arena *a, struct str text,
    bool everywhere);
/* It has one character, or two that are not both of ASCII: no index knows it. */
bool needle_is_short(const struct needle *n);
void needle_end(struct needle *n);

/* Is the text in there? */
bool needle_in(const struct needle *n, struct str text);

/* Remember what was found of a term. */
void needle_judge(struct needle *n, int64_t term, bool hit);
/* Does the row have it?  1, 0, -1.  scratch is for the moment. */
int needle_row(struct db *db, struct needle *n, const struct log_cells *c,
    struct arena *scratch, struct err *e);

/* Find all terms that match, and their blocks from lo to hi: 1; 0 when there
 * are more than most_terms to look at, or until_us (monotonic) is over. */
int needle_collect(struct db *db, struct needle *n, struct arena *a,
    const struct block_set *range, int64_t most_terms, int64_t until_us,
    struct err *e);

#endif
