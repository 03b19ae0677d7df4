/* text.h - bytes as lines, and blocks made to fit a file.
 *
 * A line ends with LF and keeps it; the last one may go without ("open").  CR is
 * an ordinary byte, except that a file whose lines all end in CRLF is written
 * to in CRLF.  Nothing is decoded, so bytes that are not UTF-8 stay as they
 * are.  A byte order mark is no part of line 1. */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/arena.h"

/* Where the lines of a text are: line ends counted for every KiB, so that
 * finding one costs a search and a look at one piece, and the whole a single
 * fast pass. */
struct lines {
	struct str text;	/* with its mark */
	size_t mark;		/* bytes of the mark: 0 or 3 */
	size_t n;		/* lines */
	size_t ends;		/* LFs: n, or n - 1 when the last one is open */
	size_t *before;		/* LFs before each piece */
	bool binary;		/* has a NUL anywhere */
};

/* text is borrowed, the counts are the arena's. */
void lines_of(struct arena *a, struct str text, struct lines *out);
/* The first byte of line 0..n; of n it is the end of the text. */
size_t lines_start(const struct lines *l, size_t line);
/* The line that a byte is in; the end of a text that is not open is in n. */
size_t lines_at(const struct lines *l, size_t byte);
/* LFs in front of a byte. */
size_t lines_ends_before(const struct lines *l, size_t byte);
/* The bytes of lines first..to-1, with their line ends. */
struct str lines_slice(const struct lines *l, size_t first, size_t to);

size_t text_count_ends(struct str s);		/* LFs */
/* The n-th LF from 0, or s.len. */
size_t text_find_end(struct str s, size_t n);
bool text_is_open(struct str s);	/* not empty, and without LF at its end */
bool text_is_binary(struct str s);	/* has a NUL anywhere */
extern const struct str text_bom;	/* of UTF-8 */

/* Pieces put together; a single one stays where it is. */
struct joined {
	struct arena *a;
	struct str s;
	size_t cap;		/* 0: s is somebody else's */
};
void joined_add(struct joined *j, struct str more);

/* How the lines of a text end. */
enum endings { ENDINGS_NONE, ENDINGS_CRLF, ENDINGS_OTHER };
enum endings text_endings(struct str s);
/* Of both together. */
enum endings endings_join(enum endings a, enum endings b);

enum eol_rule { EOL_AUTO, EOL_KEEP, EOL__MAX };

/* What a block becomes inside of a file. */
struct block_fit {
	bool crlf;		/* the file's lines all end in CRLF */
	bool open;		/* it comes behind a line without an end */
	bool last;		/* nothing will come after the block */
	enum eol_rule eol;
	int64_t padding;	/* blank lines to leave after it */
};

/* Whole lines: bare LFs become CRLF where the file has CRLF (unless EOL_KEEP),
 * a missing line end is added unless the block is the end of the file, and one
 * is put in front when the line before has none. */
struct str block_fit(struct arena *a, struct str block,
    const struct block_fit *how);
/* Bare LFs as CRLF. */
struct str text_to_crlf(struct arena *a, struct str s);

#endif
