/* export.h - the chain as a file that can be checked without the database, and
 * the check of such a file and of exports of the log.
 *
 * An export of the chain is NDJSON, a struct event_line a line, and then a
 * struct export_end.  One of the log is NDJSON with the same end, or CSV with
 * the last line "#end,ROWS,SHA256". */
#ifndef GOVERN_EXPORT_H
#define GOVERN_EXPORT_H

#include "model/event_line.h"
#include "store/chain.h"

/* Write events from..to (0: the oldest, the newest) to fd, each checked before;
 * *end (arena) is what the last line says, *bytes how much was written.  A
 * snapshot, in constant memory.  ERR_NOT_FOUND, ERR_CHAIN_BROKEN; what was
 * written then has no end. */
int export_write(struct db *db, int64_t from, int64_t to, int fd,
    struct arena *a, const struct chain_progress *p, struct export_end *end,
    int64_t *bytes, struct err *e);

enum export_kind { EXPORT_CHAIN, EXPORT_LOG, EXPORT_CSV };

struct export_check {
	enum export_kind kind;
	int64_t bytes;
	struct export_end end;		/* arena */
};
/* Read it to its end in constant memory; `of` bytes are expected, for p.
 * ERR_EXPORT_BROKEN names the first bad line, or what the end says wrongly. */
int export_check(int fd, const char *name, int64_t of, struct arena *a,
    const struct chain_progress *p, struct export_check *out, struct err *e);

/* What the database has to say about such an end: 1, the same hash; 0, it does
 * not keep that one any more; -1 with ERR_EXPORT_BROKEN, another one. */
int export_compare(struct db *db, const struct export_end *end, struct err *e);

#endif
