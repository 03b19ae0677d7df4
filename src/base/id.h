/* id.h - UUIDv7 (RFC 9562): sortable by the time it was made. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/arena.h"

#define UUID_TEXT 36

/* A new one as text in lower case, from the arena.  Those made by one process
 * sort in the order they were made. */
struct str uuid7(struct arena *a);
bool uuid_valid(struct str s);		/* any version, either case */

#endif
