/* scan.h - tables ops_scans and ops_source: what was read when, and where each
 * source of logs stands. */
#ifndef TRACKER_SCAN_H
#define TRACKER_SCAN_H

#include "model/ops_issue.h"
#include "store/db.h"

/* Inside db_begin().  Sets s->id and started_ms. */
int scan_begin(struct db *db, struct ops_scan *s, struct err *e);
/* Inside db_begin(): it is alive, and has found so much. */
int scan_alive(struct db *db, const struct ops_scan *s, struct err *e);
/* Inside db_begin(): status, totals and error as they are in s. */
int scan_end(struct db *db, struct ops_scan *s, struct err *e);
/* Inside db_begin(), by who holds the lock of scans: those that still call
 * themselves running have died. */
int scan_bury(struct db *db, struct err *e);

/* 1 and *out, 0, -1. */
int scan_get(struct db *db, struct arena *a, int64_t id, struct ops_scan *out,
    struct err *e);
int scan_running(struct db *db, struct arena *a, struct ops_scan *out,
    struct err *e);
/* Newest first, below that id (0: all). */
int scan_list(struct db *db, struct arena *a, int64_t below_id, size_t max,
    struct ops_scan **out, size_t *n, struct err *e);

struct log_source {
	struct str name;
	int64_t covered_ms;	/* all before was read */
	struct str cursor;	/* STR_NONE: none */
	int64_t read_ms;	/* when; -1: never */
	int64_t lines;		/* ever */
	struct str error;	/* of the last time */
};
int source_get(struct db *db, struct arena *a, struct str name,
    struct log_source *out, struct err *e);
/* Inside db_begin(). */
int source_put(struct db *db, const struct log_source *s, struct err *e);
int source_list(struct db *db, struct arena *a, struct log_source **out,
    size_t *n, struct err *e);

#endif
