#ifndef MODEL_LOG_QUERY_H
#define MODEL_LOG_QUERY_H
/* log_query.h - which rows of the log are wanted (GET /api/patches/logs). */
#include "model/event.h"

struct log_query {
	struct str task_id, order_id, requester, phase, op, workspace, batch_id;
	struct str patch_id, status;	/* equal; STR_NONE: any */
	enum event_type type;		/* EVENT_NONE: any */
	struct str file, search;	/* substrings, taken literally */
	int64_t from_ms, to_ms;		/* from <= t < to; -1: open */
	int64_t limit, offset;
	bool ascending, count;
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
#endif
