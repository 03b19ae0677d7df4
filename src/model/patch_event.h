/* patch_event.h - what happened to one patch, as clients see it (API.md 2.4)
 * and as the projection patch_events keeps it. */
#ifndef MODEL_PATCH_EVENT_H
#define MODEL_PATCH_EVENT_H

#include "contract/contract.h"
#include "model/event.h"
#include "model/verdict.h"

#define SHIFT_NONE INT64_MIN

enum tri { TRI_NULL = -1, TRI_FALSE = 0, TRI_TRUE = 1 };

struct patch_event {
	int64_t seq;			/* of its event; 0: not stored */
	enum event_type type;
	int64_t ts_ms;
	struct str patch_id, batch_id, order_id, task_id;
	struct str file, op, status;	/* status: requested applied validated
					   failed reverted not_applied dry_run */
	struct str requester, reason, branch, phase, workspace, factory, model;
	int64_t ts_check_ok;		/* enum tri */
	struct str diff_path;		/* "/api/patches/<id>/diff" */
	struct str meta;		/* JSON object text */
	struct str code, error, at;	/* of a failure */
	/* Of patch_reverted: the edit that took patch_id back.  Of a revert that
	 * was asked for or failed, whose own id patch_id is: what it is about. */
	struct str revert_id, reverts;
	struct str before_sha256, after_sha256;
	int64_t lines_added, lines_removed, duration_ms;	/* -1: none */
	int64_t shift;			/* lines; SHIFT_NONE: not carried */
	struct str match;		/* "exact", "trailing_space"; or absent */
	struct str *files;		/* of an operation on several */
	size_t n_files;
	struct str current_sha256, current_text;	/* stale_base and the like */
	int64_t current_line;		/* of that text's first line; 0: none */
	struct str conflict_patch_id;	/* whose edit is in the way */
	struct str diff;		/* of a dry run */
	struct verdict *validators;	/* patch_validated; NULL: none */
	size_t n_validators;
};

/* The event that p makes, its payload in the arena.  seq stands beside the
 * payload; what only the asker may see (a file's text, a diff) is left out. */
struct event patch_event_pack(struct arena *a, const struct patch_event *p);
/* What patch_event_pack() made, read again: text from the arena. */
int patch_event_unpack(struct arena *a, const struct event *ev,
    struct patch_event *out, struct err *e);

/* As clients see it, all members; and as a row of the log has it (API.md 4:
 * file_path for file, created_at for ts, id for seq). */
extern const struct contract patch_event_contract;
extern const struct contract patch_log_contract;

#endif
