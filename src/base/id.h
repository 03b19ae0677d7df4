/* id.h - UUIDv7 (RFC 9562): sortable by the time it was made. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/arena.h"

#define UUID_TEXT 36

/* A new one as text in lower case, from the arena.  Those made by one process
 * sort in the order they were made. */
struct str uuid7(struct arena *a);
/* No uuid7() of that millisecond or a later one sorts below it, and none of an
 * earlier one above.  NUL-terminated. */
void uuid7_floor(int64_t ms, char out[UUID_TEXT + 1]);
bool uuid_valid(struct str s);		/* any version, either case */

#endif
