/* ingest.h - lines in, issues out.
 *
 * Each line is cleaned and redacted before anything keeps it, grouped, and
 * stored with the count of its issue in one transaction for some hundred lines,
 * together with the place that its source has reached: a scan that dies goes on
 * there, and a line that is read again changes nothing. */
#ifndef OPS_INGEST_H
#define OPS_INGEST_H

#include "ops/ops.h"
#include "tracker/scan.h"

struct ingest {
	struct ops *o;
	struct ops_scan *scan;		/* told it is alive; NULL: pushed lines */
	struct log_source *source;	/* stored with the lines; NULL: none */
	struct scan_totals totals;	/* of what was committed */
	int64_t filed, files_max;	/* issues to be made on GitHub, of so many */
	/* private */
	struct arena *a;
	struct log_line *lines;
	size_t n, bytes;
};

void ingest_begin(struct ingest *in, struct ops *o);
/* Copied; what is full is committed. */
int ingest_line(struct ingest *in, const struct log_line *l, struct err *e);
/* Commit what is there, and the source. */
int ingest_flush(struct ingest *in, struct err *e);
void ingest_end(struct ingest *in);	/* what was not flushed is dropped */

#endif
