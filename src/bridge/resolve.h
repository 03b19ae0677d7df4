/* resolve.h - where in a file a marker, an anchor or a pattern stands.
 *
 * What becomes of a hit, by the mode that is asked for:
 *	auto	the lines of the region; the marker's line when nothing closes
 *		it; the line of an anchor or a pattern; a place to insert when
 *		there is nothing between the markers
 *	span	the same, but places to insert are no answer
 *	insert	before the end marker of the region; before the line of
 *		anything else
 * include_markers makes the lines of the markers a part of the region; insert
 * then is before its begin marker.  Markers of one line have no line between
 * them: their line is the region. */
#ifndef BRIDGE_RESOLVE_H
#define BRIDGE_RESOLVE_H

#include "contract/contract.h"
#include "tree/workspace.h"

enum resolve_mode { RESOLVE_AUTO, RESOLVE_SPAN, RESOLVE_INSERT, RESOLVE__MAX };

struct resolve_request {
	struct str workspace, file;
	struct str marker, anchor, pattern, begin_id;	/* one of them */
	struct str end_id;		/* STR_NONE: as begin_id */
	int mode;			/* enum resolve_mode */
	bool include_markers;
};

extern const struct contract resolve_request_contract;

/* Lines from 1, both inclusive; start 0: there are none. */
struct line_range {
	int64_t start, end;
};

struct resolve_hit {
	struct line_range span;		/* one of these two: */
	int64_t insert_before;		/* 0: it is a span */
	struct line_range inner, outer;	/* without and with the markers */
	bool closed;			/* it has an end marker */
	size_t depth;			/* regions around it */
};

struct resolve_answer {
	bool exists;			/* the file */
	struct str file, sha256;	/* hex; STR_NONE: there is no file */
	int64_t lines;
	struct resolve_hit *hits;	/* at least one when it exists */
	size_t n;
	size_t first;			/* the hit that is the answer */
};

/* Exactly one thing is looked for; ERR_INVALID names the member. */
int resolve_check(const struct resolve_request *q, struct err *e);
/* ERR_ANCHOR_MISSING when nothing is found; ERR_OUT_OF_RANGE when no hit fits
 * the mode; ERR_BINARY_FILE; ERR_LIMIT_EXCEEDED (HITS_MAX, expressions). */
int resolve(struct arena *a, struct workspace *ws, size_t file_bytes,
    const struct resolve_request *q, struct resolve_answer *out,
    struct err *e);
/* The same in a text that is at hand; q is sound. */
int resolve_text(struct arena *a, struct str text,
    const struct resolve_request *q, struct resolve_answer *out,
    struct err *e);
/* {"ok":true,"mode":"existing","span":…} and all that is known. */
void resolve_encode(struct json_writer *w, const struct resolve_answer *r);

#endif
