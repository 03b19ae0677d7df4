/* recover.h - finish or undo what a crash left, and the locks that make sure
 * nobody works on it meanwhile. */
#ifndef GOVERN_RECOVER_H
#define GOVERN_RECOVER_H

#include "base/fd.h"
#include "tree/workspace.h"
#include "govern/govern.h"

/* A workspace that is held: nobody else writes it (exclusive), or nobody writes
 * it at all (shared). */
struct held {
	struct workspace *ws;
	int lock;
};

/* Open, lock, and bring what a crash left to its end first, so that nobody sees
 * half a batch.  held_end() gives it up, also after -1.  ERR_NOT_FOUND at
 * "/workspace" when the configuration has none of that name; ERR_BUSY. */
int held_begin(struct govern *g, struct arena *a, struct str name,
    enum fd_lock how, struct held *out, struct err *e);
void held_end(struct held *h);
/* The lock alone, for who has no database to recover with; the descriptor. */
int held_lock(const struct govern *g, struct arena *a, struct str name,
    enum fd_lock how, int64_t wait_ms, struct err *e);
/* Do it for all workspaces that nobody holds right now; a failure is logged. */
void recover_all(struct govern *g, struct arena *a);

#endif
