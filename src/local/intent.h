/* intent.h - the journal of the batch at hand (journal.jsonl): written before
 * the first rename, removed when the log says how it ended.
 *
 * Its first line has the renames, then comes a line for each outcome. */
#ifndef LOCAL_INTENT_H
#define LOCAL_INTENT_H

#include "local/local.h"

#define JOURNAL_NAME "journal.jsonl"

struct intent {
	struct str batch_id;
	struct journal_file *files;
	size_t n_files;
	struct patch_event *events;
	size_t n_events;
};

bool intent_is_open(const struct local *l);
int intent_write(struct local *l, const struct intent *in, struct err *e);
/* The tree is as the log of these events will say: write what it does not say
 * yet, give the orchestrator its share, remove the journal.  `done` false: the
 * batch was undone, because of why. */
int intent_close(struct local *l, struct intent *in, bool done,
    const struct err *why, struct err *e);
/* Under the lock: bring what a crash left to one end.  0 also when there is
 * nothing. */
int intent_recover(struct local *l, struct err *e);

/* patch_requested of an outcome. */
struct patch_event intent_asked(const struct patch_event *outcome);

#endif
