/* cursor.h - walking through a text line by line.  A copy of a cursor is a
 * place to come back to. */
#ifndef DIALECT_CURSOR_H
#define DIALECT_CURSOR_H

#include "base/str.h"

struct cursor {
	struct str line;	/* with its line end; STR_NONE at the end */
	const char *end;	/* of the text */
	size_t at;		/* the number of the line, from 1 */
};

static inline void
cursor_cut(struct cursor *c, const char *p)
{
	const char *lf;

	c->line = STR_NONE;
	if (!p || p == c->end)
		return;
	lf = memchr(p, '\n', (size_t)(c->end - p));
	c->line = str_n(p, (size_t)((lf ? lf + 1 : c->end) - p));
}

static inline struct cursor
cursor_begin(struct str text)
{
	struct cursor c = { .end = text.len ? text.p + text.len : NULL,
	    .at = 1 };

	cursor_cut(&c, text.len ? text.p : NULL);
	return c;
}

/* To the next line; there must be one now. */
static inline void
cursor_step(struct cursor *c)
{
	cursor_cut(c, c->line.p + c->line.len);
	c->at++;
}

static inline bool
line_has_end(struct str line)
{
	return line.len && line.p[line.len - 1] == '\n';
}

/* Without LF or CRLF. */
static inline struct str
line_body(struct str line)
{
	if (line_has_end(line))
		line.len--;
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Nothing but blanks. */
static inline bool
line_is_blank(struct str line)
{
	return str_trim(line_body(line)).len == 0;
}

static inline bool
line_starts(struct str line, const char *with)
{
	return str_starts(line, str(with));
}

#endif
