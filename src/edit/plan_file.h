/* plan_file.h - inside of plan*.c: one file of a batch being computed. */
#ifndef EDIT_PLAN_FILE_H
#define EDIT_PLAN_FILE_H

#include "edit/plan.h"
#include "edit/span.h"

enum file_state { FILE_UNREAD, FILE_READ, FILE_REFUSED };

struct file {
	struct str path;
	enum file_state state;
	struct err err;			/* FILE_REFUSED */
	/* before the batch */
	bool existed;
	struct str before;
	struct sha256 before_sha256;
	struct file_id id;
	unsigned mode;			/* of the result, too */
	struct lines base;
	bool base_bom, base_crlf;
	/* now */
	bool exists, binary;
	struct doc doc;
	/* COORD_BASE */
	struct edits edits;
	bool whole;			/* created or deleted by operation... */
	size_t whole_op;
	/* an atomic sequential batch does not go on in this file */
	bool stopped;
};

struct planner {
	struct arena *a;
	struct workspace *ws;
	const struct patch_batch *batch;
	const struct plan_limits *limits;
	struct file *files;		/* in path order */
	size_t n_files;
	size_t *file_of;		/* of each operation */
	size_t bytes;			/* held in memory so far */
	struct plan *out;
};

/* The operations' files, sorted, each once; fills file_of. */
void plan_files_sort(struct planner *p);
struct file *plan_file_find(const struct planner *p, struct str path);
/* Read it once; the same refusal again when it cannot be. */
int plan_file_load(struct planner *p, struct file *f, struct err *e);
/* ERR_EXISTS when a new file would be a folder of another one of the batch, or
 * the other way round. */
int plan_file_room(const struct planner *p, const struct file *f,
    struct err *e);
/* The files that differ now from before, into the plan. */
void plan_files_changed(struct planner *p);
/* Account for n bytes; ERR_LIMIT_EXCEEDED past BATCH_MAX_BYTES. */
int plan_hold(struct planner *p, size_t n, struct err *e);

/* plan_op.c: compute operation k and do it to its file, or refuse it and leave
 * the file as it was. */
int plan_op(struct planner *p, size_t k, struct plan_result *r, struct err *e);

/* plan_expect.c: what the client saw must still be there.  ERR_STALE_BASE, and
 * the current hash and text in r. */
int plan_expect_base(struct planner *p, const struct file *f, size_t k,
    struct plan_result *r, struct err *e);
int plan_expect_span(struct planner *p, const struct file *f, size_t k,
    struct span span, struct plan_result *r, struct err *e);
int plan_expect_whole(struct planner *p, const struct file *f, size_t k,
    struct plan_result *r, struct err *e);
/* Entries of `base` that no operation edits. */
int plan_expect_others(struct planner *p, struct err *e);

#endif
