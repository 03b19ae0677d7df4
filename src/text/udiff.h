/* udiff.h - unified diffs, written from what was done instead of compared.
 *
 * The form is git's: "diff --git", a/ and b/, three lines of context, file
 * modes for new and deleted files, renames.  patch -p1 and git apply both take
 * it, but for one case that git's own diffs share: patch will not delete a file
 * that is empty already. */
#ifndef TEXT_UDIFF_H
#define TEXT_UDIFF_H

#include "base/buf.h"
#include "text/doc.h"

#define UDIFF_CONTEXT 3

enum udiff_kind { UDIFF_CHANGE, UDIFF_CREATE, UDIFF_DELETE, UDIFF_MOVE };

struct udiff {
	enum udiff_kind kind;
	struct str path;
	struct str to;			/* move */
	unsigned mode, new_mode;	/* 0755 or anything else; create: new_mode,
					   delete: mode */
	const struct doc *doc;		/* before; create: the new file */
	const struct script *script;	/* change, move: what will be done to doc */
	int64_t added, removed;		/* out: lines */
};

/* Append the diff; nothing when a change changes nothing. A diff that does not
 * fit shows in buf_check(). */
void udiff_write(struct buf *out, struct udiff *u);

#endif
