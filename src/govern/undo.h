/* undo.h - take edits of one file back, through those that came after them.
 *
 * The edits of the file since the first one to take back are held as a list.
 * To take one back, its inverse is carried through all that came later, and
 * those are carried past the inverse in turn, as if it had never been: so the
 * next older one meets only what stays.  What touches it is a conflict; then
 * it stays, too.  An edit that was taken back earlier leaves the list together
 * with the one that did it, provided that the one does what the inverse of the
 * other would do: else the positions of all that came later were wrong.  Of two
 * texts at one point, the one that comes back stands before what is newer; it
 * is a conflict when their order may have been told by what has gone. */
#ifndef GOVERN_UNDO_H
#define GOVERN_UNDO_H

#include "govern/history.h"

struct undo_step {
	const struct file_edit *row;
	struct script was;	/* as it is recorded */
	struct script now;	/* without what has been taken back */
	bool wanted;		/* is to be taken back */
	bool undone;		/* no longer in the list */
};

/* One file on its way back. */
struct undo_track {
	struct arena *a;
	size_t *carries;		/* how many more hunks may be carried */
	struct str path;
	int64_t first_id;		/* the oldest row to take back */
	/* the file as it is */
	bool existed;
	struct str before;
	struct sha256 before_sha256;
	struct str stale;		/* set: why it cannot be traced back */
	bool exists;			/* as it will be */
	struct undo_step *steps;	/* oldest first */
	size_t n;
	struct script *past;		/* room for n, made when needed */
};

/* What is in the way. */
struct undo_conflict {
	struct str path, patch_id;	/* STR_NONE: nobody we know */
	struct str detail;
	struct str current_sha256, current_text;
	int64_t current_line;		/* where that text begins, from 1; 0 */
	bool stale;			/* changed behind our back */
};

/* Read the file and its edits from first_id on; a, carries, path and first_id
 * are set.  0, also when it turns out to be stale; -1. */
int undo_open(struct undo_track *t, struct workspace *ws,
    struct history_source *from, size_t max_bytes, struct err *e);
/* The edit with that row is to be taken back. */
void undo_want(struct undo_track *t, int64_t row_id);
/* Once all wanted ones are told: drop what was taken back earlier.  -1 with
 * ERR_LIMIT_EXCEEDED when more would have to be carried than *carries. */
int undo_settle(struct undo_track *t, struct err *e);

/* Take back what the patch did to this file, behind the newer ones: 1 and *out,
 * in positions of the file as those left it (of the bytes that go only the
 * number is told); 0 and *c: conflict; -1 as undo_settle(). */
int undo_take_back(struct undo_track *t, struct str patch_id,
    struct undo_file *out, struct undo_conflict *c, struct err *e);

#endif
