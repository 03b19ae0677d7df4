/* report.h - what was delivered for one order, as a document.
 *
 * One model, from which Markdown, JSON and HTML are made (report/).  It says
 * nothing of the moment it was made: its time is that of the order's last
 * event, so that the same events give the same bytes.
 *
 * A patch counts once, by its outcome: total = ok + failed.  Reverted are those
 * of the ok ones that were taken back later; they stay ok, but their lines are
 * not counted any more, neither here nor in the diffstat.
 *
 * No list is cut silently: what does not fit is counted in *_left_out.  All
 * lists are sorted by keys that cannot tie, so that their order does not depend
 * on that of the database:
 *
 *	factories, operations	most patches first, then by name
 *	tasks, files		by name, bytewise; without a name first
 *	errors			the most frequent first, then by text
 *	failures, reverts	in the order of their events
 *	validators		by name
 *	phases			by their beginning, then by their events */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include "contract/contract.h"
#include "model/event.h"

/* The last event of the order. */
struct report_position {
	int64_t seq;
	struct str hash;		/* of the chain, there; 64 hex digits */
	struct str epoch;		/* of the database */
	int64_t ts_ms;
};

struct report_totals {
	int64_t total, ok, failed, reverted;
};

struct report_duration {
	int64_t from_ms, to_ms;		/* first and last event; -1: none */
	int64_t elapsed_ms;
};

/* From requested to applied, of the patches that say how long it took. */
struct report_latency {
	int64_t count, sum_ms;
	int64_t p50_ms, p90_ms, p99_ms, max_ms;	/* nearest rank; -1: none */
};

struct report_diffstat {
	int64_t files, insertions, deletions;
};

struct report_group {
	struct str name;		/* STR_NONE: it was not said */
	int64_t total, ok, failed, reverted;
};

struct report_file {
	struct str path;
	int64_t total, ok, failed, reverted;
	int64_t lines_added, lines_removed;
};

struct report_error {
	struct str error;		/* STR_NONE: none was named */
	int64_t occurrences;
};

struct report_failure {
	int64_t ts_ms;
	struct str patch_id, file, op, task_id, requester;
	struct str code, error, reason;
};

struct report_revert {
	int64_t ts_ms;
	struct str patch_id, file, revert_id, requester;
};

/* How often a validator ended how. */
struct report_validator {
	struct str name;
	int64_t runs, ok, failed, timeout, error, skipped;
};

/* A stage of the factory's work: from an event that begins one to that which
 * ends it.  Events that do neither are points; those of one kind that follow
 * each other are one row. */
enum report_state {
	REPORT_DONE,		/* it began and ended */
	REPORT_FAILED,		/* it ended with an event that says so */
	REPORT_OPEN,		/* no end was told */
	REPORT_POINT,
	REPORT_STATE__MAX
};

struct report_phase {
	int event, end_event;		/* enum event_type; EVENT_NONE: none */
	int state;			/* enum report_state */
	struct str factory, task_id;
	int64_t from_ms, to_ms, duration_ms;	/* to, duration -1: open */
	int64_t events;
	struct str message;		/* the last one */
};

struct report {
	struct str order_id;
	int64_t version;		/* from 1, within the order */
	struct report_position as_of;
	struct report_totals totals;
	struct report_duration duration;
	struct report_latency latency;
	struct report_diffstat diffstat;
	struct report_group *factories, *operations, *tasks;
	struct report_file *files;
	struct report_error *errors;
	struct report_failure *failures;
	struct report_revert *reverts;
	struct report_validator *validators;
	struct report_phase *phases;
	size_t n_factories, n_operations, n_tasks, n_files, n_errors,
	    n_failures, n_reverts, n_validators, n_phases;
	int64_t factories_left_out, operations_left_out, tasks_left_out,
	    files_left_out, errors_left_out, failures_left_out,
	    reverts_left_out, validators_left_out, phases_left_out;
};

/* One kept report, as the wire has it (API.md 4).  report_json is the text of a
 * document, as report_md is. */
struct report_row {
	int64_t id;
	struct str order_id;
	int64_t version;
	struct report_position as_of;	/* ts_ms is not kept beside it: -1 */
	struct str report_md, report_json;
	int64_t ok_patches, total_patches;	/* the success rate of */
	int64_t created_at;
};

extern const char *const report_states[REPORT_STATE__MAX];
extern const struct contract report_contract;
extern const struct contract report_row_contract;

#endif
