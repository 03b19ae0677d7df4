/* diagnostics.h - what validators print: made fit for showing, and compared
 * with what they print for the unchanged tree.
 *
 * A line with a position ("a.c:3:5: …", "a.ts(3,5): …", "a.sh: 3: …", "line 3",
 * a stylish "  3:5  error …" below its file) is a diagnostic; it is compared
 * without the position, because edits above it move it.  Where no line has one,
 * every line counts. */
#ifndef VALIDATE_DIAGNOSTICS_H
#define VALIDATE_DIAGNOSTICS_H

#include "base/arena.h"
#include "base/buf.h"

struct diagnostic {
	struct str text;	/* as printed, cut to DIAGNOSTIC_MAX_BYTES */
	struct str key;		/* without position: what is compared */
};

struct diagnostics {
	struct diagnostic *list;
	size_t n;
};

/* Valid UTF-8 without terminal sequences and controls; CRLF becomes LF. */
struct str output_clean(struct arena *a, struct str raw);
/* The first max bytes (whole lines where possible) and a note of how many of
 * `all` are missing; s as it is when nothing is. */
struct str output_cut(struct arena *a, struct str s, size_t max,
    int64_t missing);

/* Without the name of the folder (and the '/' behind it) wherever it stands. */
struct str output_without(struct arena *a, struct str s, const char *folder);

/* Of a cleaned output. */
struct diagnostics diagnostics_find(struct arena *a, struct str output);
/* Those of after that are not in before, as multisets of keys. */
struct diagnostics diagnostics_new(struct arena *a,
    const struct diagnostics *after, const struct diagnostics *before);
/* Is the path in the text, as a name of its own? */
bool diagnostic_names(struct str text, struct str path);

#endif
