/* publish.h - events that others made: patch managers elsewhere, and the
 * messages of factories about their work. */
#ifndef GOVERN_PUBLISH_H
#define GOVERN_PUBLISH_H

#include "govern/once.h"
#include "json/json_reader.h"

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

/* All or nothing; a fault names the event as /N (of a single one: "").  The
 * answer is {"ok":true,"accepted":…,"repeated":…,"seqs":[…]}. */
int publish_patch_events(struct govern *g, struct arena *a,
    const struct publish_body *b, const struct verb_request *r,
    struct verb_answer *out, struct err *e);
int publish_phases(struct govern *g, struct arena *a,
    const struct publish_body *b, const struct verb_request *r,
    struct verb_answer *out, struct err *e);

#endif
