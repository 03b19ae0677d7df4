/* state.h - the files in .mission_control; only inside of local/.
 *
 * Names are ours alone, or "patches/<id>.diff"; links are not followed. */
#ifndef LOCAL_STATE_H
#define LOCAL_STATE_H

#include "local/local.h"

/* Open the folder: made when `make`.  1; 0 when there is none. */
int state_open(struct local *l, bool make, struct err *e);

/* 1 and *out (arena); 0 when there is none. */
int state_read(const struct local *l, const char *name, struct str *out,
    struct err *e);
/* All of it or nothing, on disk when this returns. */
int state_replace(const struct local *l, const char *name, struct str bytes,
    struct err *e);
/* Diffs ("patches/<id>.diff") that nothing names yet, all on disk when this
 * returns; what a fault leaves of them is harmless. */
struct state_file {
	const char *name;
	struct str bytes;
};
int state_put_all(const struct local *l, const struct state_file *files,
    size_t n, struct err *e);
/* Add whole lines at the end, on disk when this returns; what a crash left of
 * a line is cut off first. */
int state_append(const struct local *l, const char *name, struct str lines,
    struct err *e);
/* Fine when there is none. */
int state_remove(const struct local *l, const char *name, struct err *e);
bool state_has(const struct local *l, const char *name);

#endif
