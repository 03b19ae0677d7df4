/* subscription.h - what a subscriber wants, and from where on. */
#ifndef BROADCASTD_SUBSCRIPTION_H
#define BROADCASTD_SUBSCRIPTION_H

#include "json/json_reader.h"
#include "model/event.h"

enum since { SINCE_NOW, SINCE_EARLIEST, SINCE_SEQ };

struct subscription {
	struct event_filter filter;	/* its texts are in `texts` */
	char *texts;
	enum since since;
	int64_t seq;			/* with SINCE_SEQ */
	char epoch[64];			/* "" when the client named none */
};

/* Everything, from now on. */
void subscription_begin(struct subscription *s);
void subscription_end(struct subscription *s);		/* frees its texts */

/* The parameters of a query string (STR_NONE: none) and the value of the
 * header Last-Event-ID, which wins over since; ERR_BAD_QUERY.  ticket is let
 * through: it says who, not what. */
int subscription_query(struct subscription *s, struct str query,
    struct str last_event_id, struct arena *a, struct err *e);
/* Another filter, from a JSON object of the same names; type may be an array
 * too.  Nothing is changed when it is refused (ERR_INVALID, UNKNOWN_MEMBER). */
int subscription_filter(struct subscription *s, const struct json *filter,
    struct arena *a, struct err *e);

/* Where a stream begins that asks for s, given what the table has. */
struct start {
	int64_t pos;		/* events after this seq */
	bool gap;		/* what was asked for is not to be had */
	int64_t asked, oldest;
};
struct start subscription_start(const struct subscription *s, int64_t oldest,
    int64_t head, struct str epoch);

#endif
