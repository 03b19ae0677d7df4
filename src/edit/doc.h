/* doc.h - a text being edited: pieces of line tables, none of them copied.
 *
 * Costs memory per edit, not per line, and finding a line costs time per edit
 * made so far.  A byte order mark is kept aside, so that it stays the start of
 * the file whatever happens to line 1. */
#ifndef EDIT_DOC_H
#define EDIT_DOC_H

#include "edit/text.h"

struct piece {
	const struct lines *src;
	size_t first, n;
};

struct doc {
	struct arena *a;
	struct piece *pieces;
	size_t n_pieces, cap;
	size_t n_lines;
	size_t bytes;		/* with the mark */
	struct endings endings;
	bool bom;
};

/* n_lines lines from first (0-based) become those of added. */
struct splice {
	size_t first, removed;
	const struct lines *added;
};

/* Start with bytes (borrowed); also fills *lines, without the mark. */
void doc_load(struct doc *d, struct arena *a, struct str bytes,
    struct lines *lines);
bool doc_is_crlf(const struct doc *d);	/* all lines, and at least one */
/* added must live as long as the arena. */
void doc_splice(struct doc *d, const struct splice *s);
/* All bytes, from the arena. */
struct str doc_bytes(const struct doc *d);

struct doc_at {
	const struct doc *d;
	size_t piece, line;
};
struct doc_at doc_seek(const struct doc *d, size_t line);
/* The next line, empty at the end. */
struct str doc_next(struct doc_at *at);
struct str doc_line(const struct doc *d, size_t line);

#endif
