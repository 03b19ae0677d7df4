/* report_build.h - from the facts of one order to the report on it.
 *
 * Knows no database: govern/report.c brings the facts, in any order.  How it is
 * to get them, for an order of 1,000 patches within 10 ms, in the transaction
 * that also keeps the report; each is one range of an index:
 *
 *  1. Position: the order's last event is work_item.last_id of its term, or the
 *     last of patch_custody by order_id, whichever is later; the first likewise,
 *     from the first block of posting and the first of patch_custody.  Time and
 *     hash are in event.  report_generated must not count as an event of the
 *     order: a report would be its own news.  If report_store_find() knows the
 *     position, its row is the answer and nothing below is done.
 *  2. Outcomes: patch_outcome by patch_outcome_order ("order" = :term AND
 *     "order" <> 0), joined with event by id for patch_id: 1 and 2 are a struct
 *     report_patch each, 3 sets `reverted` of the one with that patch_id.  Terms
 *     are read as numbers and each distinct one is looked up once
 *     (term_text): an order has few requesters, operations, errors, tasks, and
 *     as many files as it changed.
 *  3. code and reason are in the payloads of failures, revert_id and requester
 *     in those of reverts: json_extract() for the first REPORT_MAX_FACTS of
 *     each by id, which are all that the lists can have.
 *  4. Files of an operation on several: path by file_edit_patch_id, only when
 *     the operation may have several (move, unified-diff, apply-patch) or the
 *     row of patch_log says so (flags & 2).  Its lines go to the first file,
 *     unless the scripts of file_edit are counted.
 *  5. Marks: patch_custody by its index on order_id, in the order of id.
 *  6. Verdicts: of patch_log's rows of the order (through posting) those whose
 *     type is patch_validated; of their payloads only the member validators,
 *     and that once for each batch, since each of its events has all.
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
