/* planner.h - inside of plan*.c: a batch being computed.
 *
 * An operation becomes drafts, one for each file it is about: scripts over the
 * view, which is the text its positions are meant in.  plan_place() carries a
 * draft to the text as it is now; plan_commit() does it.  The views:
 *
 *	COORD_BASE		the file as the client saw it: before the batch,
 *				or the older version that `base` names
 *	COORD_SEQUENTIAL	what the operations before left of that
 */
#ifndef EDIT_PLANNER_H
#define EDIT_PLANNER_H

#include "dialect/patchset.h"
#include "text/match.h"
#include "text/doc.h"
#include "edit/plan.h"

enum file_state { FILE_UNREAD, FILE_READ, FILE_REFUSED };

struct file {
	struct str path;
	enum file_state state;
	struct err err;			/* FILE_REFUSED */
	struct str why;			/* the base is not known: why; else absent */
	/* before the batch */
	bool existed;
	struct str before;
	struct sha256 before_sha256;
	struct file_id id;
	unsigned mode_before;
	struct lines base;		/* of before */
	enum endings endings;
	/* the version that positions are meant in, and what was done since */
	const struct lines *seen;
	enum endings seen_endings;
	struct history since;
	/* now */
	bool exists, binary;
	unsigned mode;
	struct doc doc;
	struct doc view;		/* COORD_SEQUENTIAL since an older version */
	struct lines *now;		/* of the view as one text; NULL: not made */
	struct file *viewed;		/* the next one in planner.viewed */
	/* COORD_BASE: what was done so far, in positions of seen and of before,
	 * and by which operation */
	struct script asked, done;
	size_t *who;
	size_t who_cap;
	/* bytes of the line end that the last line got, when something was put
	 * behind it: a hunk of its own, which stands before all others there */
	size_t ended;
	bool whole;			/* created, deleted or moved by whole_op */
	size_t whole_op;
	/* an atomic sequential batch does not go on in this file */
	bool stopped;
};

struct planner {
	struct arena *a;
	struct workspace *ws;
	const struct patch_batch *batch;
	const struct plan_limits *limits;
	const struct plan_versions *versions;
	struct file *files;		/* in path order */
	size_t n_files;
	struct patchset *patchsets;	/* of the operations that have one */
	struct err *patch_errs;		/* why one could not be read */
	bool *skip;			/* refused by plan_refuse() */
	size_t bytes;			/* held in memory so far */
	size_t looked;			/* bytes looked through so far */
	struct arena *turn;		/* ends with the operation */
	struct file *viewed;		/* whose `now` does, too */
	struct joined diff;		/* of the operation being computed */
	struct plan *out;
};

enum draft_kind { DRAFT_EDIT, DRAFT_CREATE, DRAFT_DELETE };

/* What an operation wants of one file. */
struct draft {
	struct file *file;
	enum draft_kind kind;
	struct script script;		/* EDIT: over the view */
	struct reach *watch;		/* per hunk: what the client meant */
	size_t *was;			/* COORD_BASE, per hunk: its place in
					   the file before the batch */
	bool tells_shift;		/* the result's shift is of its first hunk */
	bool whole_lines;		/* the hunks' texts are made to fit */
	bool exact_ends;		/* but bare LFs in them stay */
	int64_t padding;		/* blank lines behind each */
	struct str bytes;		/* CREATE */
	int64_t mode;			/* of the result; -1: as it is */
	size_t front;			/* the last hunk begins with a line end
					   of the line before it */
	size_t end_taken;		/* it takes file.ended with its line */
	struct file *moved_to;		/* DELETE: the diff is a move */
	bool quiet;			/* CREATE: the move's diff tells of it */
	struct plan_touch touch;	/* once placed */
};

struct drafts {
	struct draft *d;
	size_t n;
};

/* plan_file.c */
/* The files of all operations, sorted, each once. */
void plan_files_sort(struct planner *p);
struct file *plan_file_find(const struct planner *p, struct str path);
/* Read it once; the same refusal again when it cannot be. */
int plan_file_load(struct planner *p, struct file *f, struct err *e);
/* ERR_EXISTS when a new file would be a folder of another one of the batch, or
 * the other way round. */
int plan_file_room(const struct planner *p, const struct file *f,
    struct err *e);
/* All files as they were and are; the changed ones. */
void plan_files_seen(struct planner *p);
void plan_files_changed(struct planner *p);
/* Account for n bytes; ERR_LIMIT_EXCEEDED past BATCH_MAX_BYTES. */
int plan_hold(struct planner *p, size_t n, struct err *e);
/* The same of n bytes to look through, and BATCH_LOOK_BYTES. */
int plan_look(struct planner *p, size_t n, struct err *e);

/* plan_version.c: find the version that `want` names, and make it the view; a
 * version nobody knows leaves f->why. */
int plan_version_load(struct planner *p, struct file *f, struct sha256 want,
    struct err *e);

/* view.c: the text that an operation's positions are meant in. */
bool plan_sequential(const struct planner *p);
size_t view_lines(const struct planner *p, const struct file *f);
size_t view_line_start(const struct planner *p, const struct file *f,
    size_t line);
/* As one text; made when needed, and gone with the operation. */
const struct lines *view_text(struct planner *p, struct file *f);
void view_end(struct planner *p);
/* Bytes from..to of it; that much is cheap, and gone with the operation. */
struct str view_slice(struct planner *p, const struct file *f, size_t from,
    size_t to);
/* Do all of its lines end in CRLF? */
bool view_crlf(struct planner *p, struct file *f);
/* match_find() in a view; what is found goes with the operation.
 * ERR_LIMIT_EXCEEDED when the batch has looked at too much already. */
int view_find(struct planner *p, struct str text, struct str needle,
    enum match_place place, struct matches *out, struct err *e);

/* plan_op.c: compute operation k and do it to its files, or refuse it and leave
 * them as they were. */
int plan_op(struct planner *p, size_t k, struct plan_result *r, struct err *e);
/* The block of an operation, wherever it is. */
int plan_block(struct planner *p, size_t k, struct str *out, struct err *e);
int plan_at(struct err *e, size_t k, const char *member);
/* The member that holds the block, and the one that names the file. */
const char *plan_block_member(const struct planner *p, size_t k);
const char *plan_file_member(const struct planner *p, size_t k);
/* In a line of its block, or of the file that holds it. */
int plan_at_line(const struct planner *p, size_t k, const char *what,
    size_t line, struct err *e);
struct draft *plan_draft(struct planner *p, struct drafts *out,
    struct file *f, enum draft_kind kind);
/* May this file be edited as text now?  */
int plan_text_check(struct planner *p, const struct file *f, size_t k,
    struct err *e);
/* May it be made now, or taken away? */
int plan_create_check(struct planner *p, const struct file *f, size_t k,
    const char *member, struct err *e);
int plan_delete_check(struct planner *p, const struct file *f, size_t k,
    struct err *e);

/* What an operation wants, by kind: drafts, and r->match and the like. */
int plan_draft_lines(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e);	/* plan_lines.c */
int plan_draft_whole(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e);	/* plan_whole.c */
int plan_draft_search(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e);	/* plan_search.c */
int plan_draft_patch(struct planner *p, size_t k, struct drafts *out,
    struct plan_result *r, struct err *e);	/* plan_patch.c */
/* Read the patch texts of all operations, so that their files are known. */
void plan_patches_read(struct planner *p);

/* plan_asked.c: what was asked for so far, by COORD_BASE alone. */
struct asked_at {			/* the first n have added so much */
	size_t n, grown;
};
/* From the file before the batch to what operations left of it: h->from.  One
 * *sum for all hunks of a draft, zero at first. */
int asked_place(const struct draft *d, size_t k, const struct hunk *want,
    struct hunk *h, struct asked_at *sum, struct err *e);
/* Remember a draft that is placed, for the operations that come. */
void asked_add(struct planner *p, size_t k, struct draft *d);
/* Forget all; the file was made (all of it in one hunk) or removed (NULL). */
void asked_new(struct planner *p, size_t k, struct file *f,
    const struct hunk *all);

/* plan_place.c */
int plan_place(struct planner *p, size_t k, struct draft *d,
    struct plan_result *r, struct err *e);
void plan_commit(struct planner *p, size_t k, struct draft *d);

/* plan_expect.c: what the client saw must still be there.  ERR_STALE_BASE, and
 * the current hash and text in r. */
int plan_expect_base(struct planner *p, const struct file *f, size_t k,
    struct plan_result *r, struct err *e);
/* Bytes from..to of the view. */
int plan_expect_span(struct planner *p, struct file *f, size_t k,
    size_t from, size_t to, struct plan_result *r, struct err *e);
int plan_expect_whole(struct planner *p, struct file *f, size_t k,
    struct plan_result *r, struct err *e);
/* Entries of `base` that no operation edits. */
int plan_expect_others(struct planner *p, struct err *e);
/* Show what is there now: lines from..to and some around. */
void plan_show(struct planner *p, const struct file *f, size_t from,
    size_t to, struct plan_result *r);

#endif
