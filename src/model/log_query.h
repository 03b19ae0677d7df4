#ifndef MODEL_LOG_QUERY_H
#define MODEL_LOG_QUERY_H
/* log_query.h - which rows of the log are wanted (GET /api/patches/logs). */
#include "contract/contract.h"
#include "model/patch_event.h"

enum log_order { LOG_DESC, LOG_ASC, LOG_ORDER__MAX };
enum log_count { LOG_COUNT_NONE, LOG_COUNT_EXACT, LOG_COUNT__MAX };
/* All that rows of the log have; what others send is told by its type. */
enum log_status {
	LOG_STATUS_ANY, LOG_REQUESTED, LOG_APPLIED, LOG_VALIDATED, LOG_FAILED,
	LOG_NOT_APPLIED, LOG_REVERTED, LOG_STATUS__MAX
};

struct log_query {
	struct str task_id, order_id, requester, phase, op, workspace, batch_id;
	struct str patch_id;		/* equal; STR_NONE: any */
	int status;			/* enum log_status */
	int type;			/* enum event_type; EVENT_NONE: any */
	struct str file, search;	/* substrings, taken literally */
	int64_t from_ms, to_ms;		/* from <= t < to; -1: open */
	int64_t limit, offset;
	int order;			/* enum log_order */
	int count;			/* enum log_count */
	struct str cursor;		/* as the client sent it; opaque */
	/* Cursor: walk below snapshot_seq, continuing after after_seq; 0: start */
	int64_t snapshot_seq, after_seq;
};

struct log_page {
	struct patch_event *rows;	/* arena */
	size_t n;
	bool has_more;
	int64_t total;			/* -1 unless asked for */
	int64_t snapshot_seq;		/* for the cursor of the next page */
};
extern const char *const log_statuses[LOG_STATUS__MAX];	/* any: NULL */
/* The query string's contract. */
extern const struct contract log_query_contract;
/* Cursors: the two positions as opaque text, and back (ERR_BAD_QUERY). */
struct str log_cursor_text(struct arena *a, int64_t snapshot_seq,
    int64_t after_seq);
int log_cursor_parse(struct log_query *q, struct err *e);

#endif
