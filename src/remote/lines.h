/* lines.h - where log lines go that were fetched from somebody. */
#ifndef REMOTE_LINES_H
#define REMOTE_LINES_H

#include "base/buf.h"
#include "model/log_line.h"

struct line_sink {
	/* The line and its texts are borrowed; -1 ends the fetching. */
	int (*take)(void *to, struct log_line *l, struct err *e);
	void *to;
	struct buf *notes;	/* what was left out; may be NULL */
	/* Out, may be read at any time. */
	int64_t taken, unread;	/* unread: what is no line was passed over */
	char why[DETAIL_MAX_BYTES + AT_MAX_BYTES + 8];	/* the first of those */
};

int line_sink_put(struct line_sink *s, struct log_line *l, struct err *e);
/* Something that should be a line is none: the first reason is kept. */
void line_sink_bad(struct line_sink *s, const char *where, size_t index,
    const struct err *why);
/* A sentence for the notes, on a line of its own. */
void line_sink_note(struct line_sink *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* At the end: note how many were passed over, and why. */
void line_sink_end(struct line_sink *s, const char *from);

/* Several lines that look alike are told apart by the number of each, so that
 * the same answer, read again, gives the same ids. */
struct line_ids;
struct line_ids *line_ids_new(struct arena *a, size_t lines);
/* An id of these texts, from the arena; at most as many as lines. */
struct str line_id(struct line_ids *ids, struct arena *a,
    const struct str *parts, size_t n);

#endif
