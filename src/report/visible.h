/* visible.h - any bytes as one line on which nothing is hidden.
 *
 * Names, reasons and errors come from strangers.  For a person to see what is
 * there, and for no program to take it for more than text, what is invisible or
 * moves other text becomes a mark:
 *
 *	line feed			↵
 *	tab				⇥
 *	space at an end or after one	␣
 *	control, format, bidirectional,
 *	zero-width characters, blanks
 *	other than the space		\u{202e}
 *	a byte that is not UTF-8	U+FFFD
 *
 * Those signs themselves, and a backslash before "u{", are written \u{…} too,
 * so that no other text looks the same. */
#ifndef REPORT_VISIBLE_H
#define REPORT_VISIBLE_H

#include "base/buf.h"

struct visible {
	struct str rest;
	bool edge;		/* a space here is one that would be lost */
	char mark[16];
};

struct piece {
	struct str text;	/* until the next piece is asked for */
	bool mark;		/* it stands for something else */
};

/* At most REPORT_CELL_BYTES of s (never within a character); returns how many
 * bytes are left out. */
size_t visible_begin(struct visible *v, struct str s);
bool visible_next(struct visible *v, struct piece *p);	/* false: no more */

#endif
