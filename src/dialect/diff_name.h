/* diff_name.h - names of files in the headers of diffs. */
#ifndef DIALECT_DIFF_NAME_H
#define DIALECT_DIFF_NAME_H

#include "base/arena.h"

/* All of s, or what it quotes in C's manner ("a/\303\244").  False when it is
 * empty, has a NUL, or the quotes are wrong. */
bool diff_name_read(struct arena *a, struct str s, struct str *name);
/* What follows "--- " or "+++ ": a name and, behind a tab, a time. */
bool diff_name_side(struct arena *a, struct str s, struct str *name,
    struct str *stamp);
/* Both names behind "diff --git ".  False when it is unclear where the first
 * one ends: git itself says then what they are in other headers. */
bool diff_name_pair(struct arena *a, struct str s, struct str *old,
    struct str *new);
/* The one file that both names mean, without "a/" and "b/" (or what else git
 * puts there); STR_NONE when they mean two. */
struct str diff_name_common(struct str old, struct str new);
/* Is side the name itself, or with one letter and '/' in front? */
bool diff_name_means(struct str side, struct str name);

#endif
