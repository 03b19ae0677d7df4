/* patchset.h - patch texts as data: which files, what becomes of each, its
 * hunks as lines.  Pure functions over bytes: they know neither the files nor
 * where a hunk fits.  Strings point into the text; arrays are the arena's, and
 * so are names whose quotes had escapes and, of a unified diff, a last line
 * that the text leaves without line end: it gets the one its others have.
 *
 * Unified diffs as GNU diff, git and Mercurial write them (git's extended
 * headers: rename, mode, new file, deleted file, index, quoted names; "\ No
 * newline at end of file"; CRLF line ends of the patch itself belong to its
 * lines).  The envelope "*** Begin Patch" is as models write it: Add, Delete,
 * Update [Move to], @@ headings, "*** End of File". */
#ifndef DIALECT_PATCHSET_H
#define DIALECT_PATCHSET_H

#include "base/arena.h"
#include "base/err.h"

enum section_kind { SECTION_CHANGE, SECTION_CREATE, SECTION_DELETE };

struct patch_line {
	char sign;			/* ' ' both, '-' before, '+' after */
	struct str text;		/* with its line end, unless open */
	bool open;			/* it has no line end */
};

struct patch_hunk {
	/* As stated, from 1; -1: not stated.  Without lines of that side it is
	 * the line before the hunk, 0 at the top. */
	int64_t old_line, new_line;
	struct str *headings;		/* envelope: lines that stand above,
					   the outer ones first, no ends */
	size_t n_headings;
	bool at_end;			/* envelope: the hunk ends the file */
	struct patch_line *lines;
	size_t n;
	size_t at;			/* its line in the patch, from 1 */
};

struct patch_section {
	enum section_kind kind;
	struct str path;		/* before; of a new file: its name */
	struct str to;			/* moved to; STR_NONE: it stays */
	int64_t mode;			/* of the result: 0644, 0755; -1: not stated */
	struct patch_hunk *hunks;	/* SECTION_DELETE: may be none */
	size_t n;
	size_t at;
};

struct patchset {
	struct patch_section *sections;
	size_t n;
};

/* -1 with ERR_BAD_PATCH whose detail names the line of the patch: no section,
 * counts that do not fit the lines, hunks that go back, binary patches, copies,
 * a file twice (also as old name here and new name there), links and other
 * modes, headers that name two files without saying "rename".  Text around
 * sections is skipped, and blank lines between hunks.
 *
 * file (STR_NONE: none) is the one file the diff is for: it may have hunks
 * without headers, and a section of another file is refused. */
int unified_read(struct arena *a, struct str text, struct str file,
    struct patchset *out, struct err *e);
int envelope_read(struct arena *a, struct str text, struct patchset *out,
    struct err *e);

#endif
