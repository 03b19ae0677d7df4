/* recover.h - finish or undo what a crash left, and the locks that make sure
 * nobody works on it meanwhile. */
#ifndef GOVERN_RECOVER_H
#define GOVERN_RECOVER_H

#include "base/fd.h"
#include "edit/workspace.h"
#include "govern/govern.h"

/* The lock of that workspace; close() the descriptor to give it up. */
int workspace_lock(const struct govern *g, struct arena *a, struct str name,
    enum fd_lock how, struct err *e);
/* Bring every open batch of a workspace to its end; the caller holds its lock. */
int recover_workspace(struct govern *g, struct arena *a, struct str name,
    struct workspace *ws, struct err *e);
/* The same for all workspaces that nobody holds right now. */
int recover_all(struct govern *g, struct arena *a, struct err *e);

#endif
