/* event_line.h - the lines of exports.
 *
 * An export of the chain has an event a line, with all that its hash covers, so
 * that it can be checked without the database; payload is a string, because
 * its bytes count.  Every export ends in a line that tells how much there was
 * before it: what was cut off does not have one. */
#ifndef MODEL_EVENT_LINE_H
#define MODEL_EVENT_LINE_H

#include "contract/contract.h"

struct event_line {
	int64_t seq, ts_ms;
	struct str type, payload, batch_id, patch_id, order_id, task_id;
	struct str requester, workspace, file, op;
	struct str hash;		/* hexadecimal */
};
extern const struct contract event_line_contract;

/* The last one.  Exports of the log of patches have the first three alone. */
struct export_end {
	bool end;
	int64_t rows;
	struct str sha256;		/* of all bytes before it */
	int64_t first_seq, last_seq;	/* -1: none */
	struct str before_hash, last_hash;
};
extern const struct contract export_end_contract;

#endif
