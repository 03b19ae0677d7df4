/* root.h - the tree that local commands work on. */
#ifndef PATCHCTL_ROOT_H
#define PATCHCTL_ROOT_H

#include "base/arena.h"
#include "tree/workspace.h"

/* Open given (NULL: none was), else the top of the git work tree we are in,
 * else the current folder; workspace_close() it. */
int root_open(struct arena *a, const char *given, struct workspace **out,
    struct err *e);
/* All of a file, "-": of the standard input. */
int input_read(struct arena *a, const char *name, size_t max_bytes,
    struct str *out, struct err *e);

#endif
