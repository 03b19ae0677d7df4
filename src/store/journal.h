/* journal.h - tables patch_batch, journal_file, journal_event: what is about
 * to be renamed, and what will be recorded once it is.
 *
 * A batch is open from the transaction before its renames to the one after.
 * All writing is done inside db_begin(). */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "model/event.h"
#include "store/db.h"

enum batch_state {
	BATCH_OPEN,
	BATCH_APPLIED,
	BATCH_FAILED,
	BATCH_ROLLED_BACK,
	BATCH__MAX
};

struct batch_row {
	struct str id, workspace;
	struct str order_id, requester;		/* may be STR_NONE */
	int64_t ops, created_ms;
	enum batch_state state;
};

struct journal_row {
	int64_t n;
	struct str action;			/* replace create delete */
	struct str path, staged;
	struct str before_sha256, after_sha256;	/* hex; STR_NONE: no file */
	int64_t mode;		/* when only that changes; else -1 */
};

int journal_batch_insert(struct db *db, const struct batch_row *b,
    struct err *e);
int journal_file_insert(struct db *db, struct str batch_id,
    const struct journal_row *f, struct err *e);
/* The n-th outcome of the batch, from 0; ev->batch_id is not looked at. */
int journal_event_insert(struct db *db, struct str batch_id, int64_t n,
    const struct event *ev, struct err *e);

/* 1 and *out (arena), 0 when there is no such batch, -1. */
int journal_batch_get(struct db *db, struct arena *a, struct str batch_id,
    struct batch_row *out, struct err *e);
/* Ids of the open batches of a workspace, oldest first, in the arena. */
int journal_open_list(struct db *db, struct arena *a, struct str workspace,
    struct str **ids, size_t *n, struct err *e);
/* In the order of n, in the arena. */
int journal_files(struct db *db, struct arena *a, struct str batch_id,
    struct journal_row **out, size_t *n, struct err *e);
int journal_events(struct db *db, struct arena *a, struct str batch_id,
    struct event **out, size_t *n, struct err *e);

/* Set how it ended and drop its journal rows; ERR_NOT_FOUND when no open batch
 * has that id. */
int journal_close(struct db *db, struct str batch_id, enum batch_state state,
    struct err *e);

#endif
