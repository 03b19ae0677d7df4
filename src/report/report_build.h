/* report_build.h - from the facts of one order to the report on it.
 *
 * Knows no database: govern/report.c brings the facts, in any order.  How it
 * is to get them, for an order of 1,000 patches within 10 ms, in one read
 * transaction (all but the last two are one indexed range each):
 *
 *  1. The last and first event of the order: max and min of id over its
 *     patch_outcome rows, its patch_custody rows, and the term's rows of
 *     posting for the field "order" (its last block, looked through in
 *     patch_log), so that a request without outcome is seen too.  report_generated
 *     is no event of the order: else a report would be its own news.  Hash by
 *     that seq from event; epoch from the connection.
 *     report_store_find() by that position: if there is one, stop here.
 *  2. SELECT … FROM patch_outcome INDEXED BY the index on ("order", created_at)
 *     WHERE "order" = :term AND "order" <> 0: all of the order's outcomes.  The
 *     ids of terms are read into an array and each distinct one is fetched once
 *     (an order has few requesters, operations, errors; as many files as it
 *     changed), not joined row by row.
 *     outcome 1 and 2 make a struct report_patch each; 3 sets `reverted`, found
 *     by patch_id.
 *  3. patch_id, code, reason and revert_id are in event.payload, by id: decoded
 *     for failures and reverts only, and for these no more than the lists can
 *     have, of the lowest ids (report_build counts the others from the outcome
 *     row).  json_extract() in SQL is enough; no contract is needed.
 *  4. Files of an operation on several: SELECT patch_id, path FROM file_edit by
 *     file_edit_patch_id, only for operations that may have several (move,
 *     unified-diff, apply-patch, revert).
 *  5. patch_custody by its index on order_id, ORDER BY id.
 *  6. Verdicts: payloads of the patch_validated events of the order, which are
 *     in patch_log with their type; the member validators alone is decoded, and
 *     once for each batch: its verdicts stand in the event of every operation.
 *
 * What is borrowed lives as long as the arena's content. */
#ifndef REPORT_REPORT_BUILD_H
#define REPORT_REPORT_BUILD_H

#include "model/report.h"
#include "model/verdict.h"

/* What a patch did to one file. */
struct report_change {
	struct str path;
	int64_t lines_added, lines_removed;
};

/* One patch, by its last outcome. */
struct report_patch {
	int64_t seq, ts_ms;		/* of the outcome's event */
	bool ok, reverted;
	struct str patch_id, op, requester, task_id;
	struct str code, error, reason;	/* of a failure */
	int64_t duration_ms;		/* -1: not said */
	const struct report_change *changes;	/* each file once */
	size_t n_changes;
	int64_t revert_seq, revert_ts_ms;	/* when it was taken back */
	struct str revert_id, revert_requester;
};

/* One event of the custody trail. */
struct report_mark {
	int64_t seq, ts_ms;
	enum event_type type;
	struct str factory, task_id, patch_id, message;
};

struct report_verdict {
	struct str name;
	int status;			/* enum verdict_status */
};

struct report_facts {
	struct str order_id;
	int64_t version;
	struct report_position as_of;
	int64_t from_ms;		/* of the first event */
	const struct report_patch *patches;
	size_t n_patches;
	const struct report_mark *marks;
	size_t n_marks;
	const struct report_verdict *verdicts;
	size_t n_verdicts;
};

/* Cannot fail.  Texts of the facts are borrowed, those that are too long or not
 * UTF-8 are copied. */
void report_build(struct arena *a, const struct report_facts *in,
    struct report *out);

/* Part of it: the stages that marks make, sorted, all of them. */
size_t report_phases(struct arena *a, const struct report_mark *marks,
    size_t n, struct report_phase **out);
/* Part of it: s as the model may have it.  UTF-8, and at most REPORT_TEXT_BYTES
 * with a note of what is missing. */
struct str report_text(struct arena *a, struct str s);

#endif
