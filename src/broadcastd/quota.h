/* quota.h - how many streams one token, or one address, has open. */
#ifndef BROADCASTD_QUOTA_H
#define BROADCASTD_QUOTA_H

#include <stdbool.h>

#include "base/str.h"

struct quota;
struct quota_key;
struct quota *quota_new(void);			/* never NULL */
void quota_free(struct quota *q);		/* NULL is fine */
/* One more for that key.  NULL when it has `most` already (0: as many as one
 * likes).  Each is given back by quota_leave(). */
struct quota_key *quota_take(struct quota *q, struct str key, size_t most);
void quota_leave(struct quota *q, struct quota_key *k);	/* NULL is fine */

#endif
