/* local.h - edit a tree without server, database or configuration.
 *
 * What is known about the tree is kept in its folder .mission_control: a line
 * of patch_log.jsonl for each event, a diff for each patch, and, as long as
 * they are needed, the journal of the batch at hand and the events that the
 * orchestrator has not got yet.  The engine, the operations and the crash-safe
 * renames are those of the server. */
#ifndef LOCAL_LOCAL_H
#define LOCAL_LOCAL_H

#include "edit/plan.h"
#include "model/log_query.h"

#define LOCAL_FOLDER ".mission_control"

enum local_how {
	LOCAL_LOOK,	/* write nothing, unless a crash left a batch half done */
	LOCAL_EDIT	/* with the lock */
};

struct local {
	struct arena *a;
	const char *root;		/* absolute */
	struct workspace *ws;
	int state;			/* LOCAL_FOLDER; -1: there is none yet */
	int lock;			/* -1: not held */
	bool posts;			/* events are for an orchestrator, too */
};

/* What became of a batch. */
struct local_outcome {
	struct str batch_id;
	bool dry_run;
	struct patch_event *events;	/* one per operation */
	size_t n;
	struct err why;			/* ERR_NONE, or what refused it */
};

/* The tree: given (NULL: the git work tree around the current folder, else
 * that folder).  Under the lock what a crash left is finished or undone first.
 * local_close() it also after -1.  ERR_BUSY, ERR_NOT_READY, ERR_IO. */
int local_open(struct arena *a, const char *given, enum local_how how,
    bool posts, struct local *out, struct err *e);
void local_close(struct local *l);

/* 0 with *out, also for batches that are refused (and, unless it is a dry run,
 * logged as such); -1 when nothing can be said about operations.  Needs
 * LOCAL_EDIT unless batch->dry_run. */
int local_apply(struct local *l, const struct patch_batch *batch,
    const struct plan_limits *limits, struct local_outcome *out,
    struct err *e);

/* Take one patch back, by its diff read backwards.  As local_apply();
 * ERR_NOT_FOUND, ERR_ALREADY_REVERTED, ERR_REVERT_CONFLICT. */
struct local_undo {
	struct str patch_id;
	struct str requester, reason;
	bool dry_run;
};
int local_revert(struct local *l, const struct local_undo *u,
    const struct plan_limits *limits, struct local_outcome *out,
    struct err *e);

/* The answer of the server for the same request, as JSON. */
void local_answer(const struct local_outcome *o, struct buf *out);

#endif
