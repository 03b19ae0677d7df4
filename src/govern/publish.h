/* publish.h - events that others made: patch managers elsewhere, and the
 * messages of factories about their work. */
#ifndef GOVERN_PUBLISH_H
#define GOVERN_PUBLISH_H

#include "govern/govern.h"
#include "json/json_reader.h"

struct publish_result {
	int64_t *seqs;		/* one per event, in order; arena */
	size_t n;
	size_t repeated;	/* that were here already */
	int64_t head;		/* the last seq that this call stored or found */
};

/* The events of a body: one, an array, or lines (NDJSON); nodes and docs are
 * kept alive until publish_free(). */
struct publish_body {
	const struct json **items;
	size_t n;
	struct json_doc **docs;
	size_t n_docs;
};
int publish_read(struct str body, bool lines, struct arena *a,
    struct publish_body *out, struct err *e);
void publish_free(struct publish_body *b);

/* All or nothing; a fault names the event as /N (of a single one: ""). */
int publish_patch_events(struct govern *g, struct arena *a,
    const struct publish_body *b, struct publish_result *out, struct err *e);
int publish_phases(struct govern *g, struct arena *a,
    const struct publish_body *b, struct publish_result *out, struct err *e);

#endif
