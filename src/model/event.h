/* event.h - one fact of the event stream.
 *
 * The stream is a table; seq is its key, grows without gaps in commit order,
 * and means something only within one epoch (the id of this database, which
 * changes when it is restored). */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum event_type {
	EVENT_NONE,
#define E(NAME, name, group) EVENT_##NAME,
#include "model/event.def"
#undef E
	EVENT__MAX
};

struct event {
	int64_t seq;		/* 0 until it is stored */
	enum event_type type;
	int64_t ts_ms;		/* UTC */
	struct str payload;	/* a JSON object on one line */
	/* What filters ask for, STR_NONE when the event has none. */
	struct str batch_id, patch_id, order_id, task_id;
	struct str requester, workspace, file, op;
};

/* By type; [EVENT_NONE] is NULL: no value of an enum on the wire. */
extern const char *const event_names[EVENT__MAX];
const char *event_name(enum event_type type);	/* "patch_applied" */
enum event_type event_type_of(struct str name);	/* EVENT_NONE if unknown */
bool event_is_patch(enum event_type type);	/* a projection row belongs */

/* A factory may publish it (its phase messages and requests). */
bool event_may_be_published(enum event_type type);

/* Append {"type","payload","seq","ts","epoch"} on one line, no newline. */
void event_encode(struct buf *out, const struct event *ev, struct str epoch);

/* What a subscriber or a list wants: everything set must match. */
struct event_filter {
	uint64_t types[(EVENT__MAX + 63) / 64];	/* bit set; with any_type: all */
	bool any_type;
	struct str order_id, task_id, requester, workspace, op;	/* equal */
	struct str file;	/* str_glob() pattern */
};
/* Start with everything, then narrow: name=value as in a query string
 * (type=a,b order_id task_id requester workspace file op).  Returns 1 when
 * name is no filter, -1 with e when the value is wrong. Values are borrowed. */
void event_filter_all(struct event_filter *f);
int event_filter_set(struct event_filter *f, struct str name, struct str value,
    struct err *e);
/* A copy whose texts are the caller's: so many bytes, put at `to`. */
size_t event_filter_bytes(const struct event_filter *f);
struct event_filter event_filter_copy(const struct event_filter *f, char *to);
bool event_filter_same(const struct event_filter *a,
    const struct event_filter *b);
uint32_t event_filter_hash(const struct event_filter *f); /* for tables */
bool event_filter_takes(const struct event_filter *f, const struct event *ev);

#endif
