/* script.h - an edit of one text: THE internal form every operation becomes.
 *
 * A script is a list of hunks in order, none of which touches another: at byte
 * `from` of the text before, `gone` is taken out and `come` put in.  Both texts
 * are at hand, so a script can be undone, carried through other scripts and
 * written down.  Strings are borrowed. */
#ifndef TEXT_SCRIPT_H
#define TEXT_SCRIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct hunk {
	size_t from;
	struct str gone, come;
	int rank;		/* at one point: the lower stands first */
};

struct script {
	struct hunk *h;
	size_t n, cap;
};

/* Where a hunk belongs, or SCRIPT_TOUCHED with *touched, the hunk it touches:
 * two hunks touch when both take a byte, or when one puts something inside of
 * what the other takes.  Hunks at one point with one rank keep the order in
 * which they came; what is put in there stands before what is taken from there. */
#define SCRIPT_TOUCHED SIZE_MAX
size_t script_place(const struct script *s, const struct hunk *hunk,
    size_t *touched);
/* Room for n more. */
void script_reserve(struct arena *a, struct script *s, size_t n);
void script_insert(struct arena *a, struct script *s, size_t at,
    const struct hunk *hunk);
/* Both; false when it touches another. */
bool script_add(struct arena *a, struct script *s, const struct hunk *hunk);

/* The text after; from the arena. */
struct str script_apply(struct arena *a, const struct script *s,
    struct str before);
/* What takes it back, in positions of the text after. */
struct script script_inverse(struct arena *a, const struct script *s);
/* The difference in bytes. */
int64_t script_growth(const struct script *s);

/* A stretch of a text that an edit is about: from == to is a point. */
struct reach {
	size_t from, to;
	bool late;		/* a point behind what others put there */
};
/* Carry it through the script: false when a hunk touches it. */
bool reach_carry(const struct script *through, struct reach *r);
/* Carry a whole script; false when it is touched, and *hunk says by which. */
bool script_carry(struct arena *a, const struct script *through,
    const struct script *s, struct script *out, size_t *hunk);
/* Does `gone` of each hunk stand where the script says? */
bool script_fits(const struct script *s, struct str before);

/* As bytes for the store: numbers, `gone` whole, of `come` its length alone.
 * script_unpack() gives a `come` without text (p NULL,
 * len set), which script_inverse() and carrying do not need; false when the
 * bytes are none of ours. */
void script_pack(const struct script *s, struct buf *out);
bool script_unpack(struct arena *a, struct str bytes, struct script *out);

#endif
