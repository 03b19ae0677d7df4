/* doc.h - a text being edited: pieces of other texts, none of them copied.
 *
 * Costs memory per edit, not per byte; finding a place costs time per edit that
 * lies between it and the place found before. */
#ifndef TEXT_DOC_H
#define TEXT_DOC_H

#include "text/script.h"
#include "text/text.h"

struct piece {
	struct str text;
	size_t ends;		/* LFs in it */
	bool base;		/* of the base, not put in */
};

/* Where the last search ended: what is in front of piece k. */
struct finger {
	size_t k, bytes, ends;
};

struct doc {
	struct arena *a;
	const struct lines *base;
	struct piece *pieces;
	size_t n_pieces, cap;
	struct finger *finger;	/* moves while the doc stays as it is */
	size_t bytes, ends;	/* LFs */
	enum endings endings;	/* of the base and all that was ever put in */
};

/* Start with the base, which must live as long as the arena. */
void doc_load(struct doc *d, struct arena *a, const struct lines *base);
/* The hunks' positions are in the doc as it is. */
void doc_apply(struct doc *d, const struct script *s);

size_t doc_lines(const struct doc *d);
/* As lines_start() and lines_at(). */
size_t doc_line_start(const struct doc *d, size_t line);
size_t doc_line_at(const struct doc *d, size_t byte);
/* The byte behind the line that holds `byte`, which is no end of a line. */
size_t doc_line_end(const struct doc *d, size_t byte);
/* The first byte of that line. */
size_t doc_line_begin(const struct doc *d, size_t byte);
bool doc_has_mark(const struct doc *d);

/* A part as one piece; copied to the arena when it is in several. */
struct str doc_slice(const struct doc *d, size_t from, size_t len);
/* All bytes, from the arena. */
struct str doc_bytes(const struct doc *d);
/* Where in the base a byte was: inside of what was put in, where that begins;
 * behind: what was put in at that point is left out. */
size_t doc_origin(const struct doc *d, size_t byte, bool behind);

#endif
