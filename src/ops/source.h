/* source.h - where log lines come from: one row for each kind of source.
 *
 * A source is asked for a window of time.  It gives lines in about the order
 * they were logged, and may move the cursor in src as it goes: both are stored
 * together.  A window overlaps the one before (lines arrive late), so it has to
 * give a line the same id each time. */
#ifndef OPS_SOURCE_H
#define OPS_SOURCE_H

#include "ops/ingest.h"

struct source_run {
	struct ops *o;
	struct arena *a;		/* until the source is done */
	struct ingest *in;		/* ingest_line() takes its lines */
	struct log_source *src;		/* cursor: where it goes on */
	int64_t from_ms, to_ms;		/* the window */
	struct buf *notes;		/* what was left out, for the totals */
};

struct source_row {
	const char *name;		/* "cloudflare", "github-actions" */
	enum line_kind kind;
	enum scan_scope scope;		/* beside full */
	int64_t overlap_ms;
	int64_t window_max_ms;		/* of missed time that is caught up */
	bool (*configured)(const struct config *c);
	/* 0 when the whole window was given; -1 otherwise, with what was given
	 * so far kept. */
	int (*read)(struct source_run *r, struct err *e);
};
extern const struct source_row source_rows[];	/* ends with name NULL */

/* The tokens of sources and of the language model that lie in files (those that
 * can be read), at most max: how many. */
size_t source_secrets(const struct config *c, struct arena *a,
    struct str *out, size_t max);

#endif
