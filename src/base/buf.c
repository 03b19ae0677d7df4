#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT(b->max);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->p)
		b->p[0] = '\0';
}

char *
buf_room(struct buf *b, size_t n)
{
	if (b->full || n > b->max - b->len) {
		b->full = true;
		return NULL;
	}
	if (b->cap - b->len < n + 1) {
		size_t cap = b->cap ? b->cap : 64;

		while (cap - b->len < n + 1)
			cap *= 2;
		b->p = realloc(b->p, cap);
		if (!b->p)
			abort();
		b->cap = cap;
	}
	return b->p + b->len;
}

void
buf_added(struct buf *b, size_t n)
{
	b->len += n;
	b->p[b->len] = '\0';
}

void
buf_add(struct buf *b, struct str s)
{
	char *room = buf_room(b, s.len);

	if (!room)
		return;
	if (s.len)
		memcpy(room, s.p, s.len);
	buf_added(b, s.len);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, str(s));
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	char most[256], *room;		/* most texts fit, and are made once */
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(most, sizeof(most), fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	room = buf_room(b, (size_t)n);
	if (room) {
		if ((size_t)n < sizeof(most))
			memcpy(room, most, (size_t)n);
		else
			vsnprintf(room, (size_t)n + 1, fmt, again);
		buf_added(b, (size_t)n);
	}
	va_end(again);
}

struct str
buf_str(const struct buf *b)
{
	return str_n(b->p ? b->p : "", b->len);
}

bool
buf_is(const struct buf *b, const char *s)
{
	return !b->full && str_is(buf_str(b), s);
}

int
buf_check(const struct buf *b, const char *what, struct err *e)
{
	if (!b->full)
		return 0;
	return err_set(e, ERR_LIMIT_EXCEEDED, "%s is larger than %zu bytes",
	    what, b->max);
}
