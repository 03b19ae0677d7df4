/* buf.h - a growing buffer with a ceiling.
 *
 * Going past max sets `full` and drops what is added from then on, so that
 * ten appends need one check at the end (buf_check).  Memory itself never
 * runs out: that aborts.  buf_free() leaves it empty and usable. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct buf {
	char *p;		/* NUL-terminated once anything was added */
	size_t len, cap, max;
	bool full;		/* something did not fit; sticky */
};

#define BUF_INIT(ceiling) ((struct buf){ .max = (ceiling) })

void buf_free(struct buf *b);
void buf_reset(struct buf *b);		/* empty, memory kept, not full */
void buf_add(struct buf *b, struct str s);
void buf_adds(struct buf *b, const char *s);
void buf_addf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* n writable bytes behind the end, or NULL when they do not fit; buf_added()
 * tells how many were written. */
char *buf_room(struct buf *b, size_t n);
void buf_added(struct buf *b, size_t n);
static inline void buf_addc(struct buf *b, char c);
struct str buf_str(const struct buf *b);
bool buf_is(const struct buf *b, const char *s);
/* -1 with ERR_LIMIT_EXCEEDED, naming what, when something did not fit. */
int buf_check(const struct buf *b, const char *what, struct err *e);

/* Inline, for writers that go byte by byte. */
static inline void
buf_addc(struct buf *b, char c)
{
	char *room = b->cap - b->len > 1 && b->len < b->max && !b->full ?
	    b->p + b->len : buf_room(b, 1);

	if (!room)
		return;
	room[0] = c;
	room[1] = '\0';
	b->len++;
}

#endif
