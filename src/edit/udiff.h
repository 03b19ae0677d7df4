/* udiff.h - unified diffs, written from what was done instead of compared.
 *
 * The form is git's: "diff --git", a/ and b/, three lines of context, file
 * modes for new and deleted files.  patch -p1 and git apply both take it, but
 * for one case that git's own diffs share: patch will not delete a file that is
 * empty already. */
#ifndef EDIT_UDIFF_H
#define EDIT_UDIFF_H

#include "base/buf.h"
#include "edit/doc.h"

#define UDIFF_CONTEXT 3

enum udiff_kind { UDIFF_CHANGE, UDIFF_CREATE, UDIFF_DELETE };

struct udiff {
	enum udiff_kind kind;
	struct str path;
	unsigned mode;			/* create, delete: 0755 or anything else */
	const struct doc *doc;		/* change: before; create: the new file;
					   delete: the old one */
	struct splice splice;		/* change: what will be done to doc */
	int64_t added, removed;		/* out: lines */
};

/* Append the diff; nothing when a change changes nothing. A diff that does not
 * fit shows in buf_check(). */
void udiff_write(struct buf *out, struct udiff *u);

#endif
