/* ingest_bare.h - what a program wrote into a database, and the loop that does
 * nothing else: the same statements with the same values, ready to be bound. */
#ifndef BENCH_INGEST_BARE_H
#define BENCH_INGEST_BARE_H

#include <sqlite3.h>

#include "base/arena.h"

struct bare;

struct bare *bare_new(void);
void bare_free(struct bare *b);

/* From now on keep what this connection writes; until it is closed. */
void bare_record(struct bare *b, sqlite3 *handle);
/* What was kept, on that database, from transaction `from` on by the clock: its
 * seconds.  The connection is set up as ours are.  -1: it failed, and *why. */
double bare_run(const struct bare *b, const char *path, bool full, size_t from,
    const char **why);
size_t bare_statements(const struct bare *b);

#endif
