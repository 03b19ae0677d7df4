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
	/* Cursor: walk below snapshot_seq, continuing after after_seq; 0: start;
	 * skip: of the offset, what is left to pass over */
	int64_t snapshot_seq, after_seq, skip;
};

/* A row of the log: its place in the stream, and its event's payload. */
struct log_entry {
	int64_t id;
	struct str payload;
};

struct log_page {
	struct log_entry *rows;		/* arena */
	size_t n;
	bool has_more;
	bool cut;			/* the time was over before it was full */
	int64_t total;			/* -1 unless asked for */
	bool total_cut;			/* and not known in time */
	/* for the cursor of the next page */
	int64_t snapshot_seq, after_seq, skip;
};

/* As GET /api/patches/logs has it: all rows in one answer, and those to come. */
enum log_format { LOG_FORMAT_ANY, LOG_JSON, LOG_NDJSON, LOG_CSV, LOG_FORMAT__MAX };
struct log_request {
	struct log_query q;
	int format;			/* enum log_format; ANY: as Accept says */
	bool follow;
};
extern const struct contract log_request_contract;

/* The row as patch_log_contract has it, from the payload: members that are not
 * in it are left out. */
void log_entry_write(struct json_writer *w, const struct log_entry *row);
extern const char *const log_statuses[LOG_STATUS__MAX];	/* any: NULL */
/* The query string's contract. */
extern const struct contract log_query_contract;
/* Cursors: the positions as opaque text, and back (ERR_BAD_QUERY). */
struct str log_cursor_text(struct arena *a, const struct log_page *p);
int log_cursor_parse(struct log_query *q, struct err *e);

#endif
