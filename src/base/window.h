/* window.h - an array that grows at its end and forgets at its front.
 *
 * Each item is moved about once in its life, and the memory is at most four
 * times what was in use.  Memory never runs out: that aborts. */
#ifndef BASE_WINDOW_H
#define BASE_WINDOW_H

#include <stddef.h>

struct window {
	size_t item;		/* bytes of one; set by WINDOW_INIT */
	size_t n;
	char *p;		/* items [first, first + n) */
	size_t first, cap;
};

#define WINDOW_INIT(type) ((struct window){ .item = sizeof(type) })

void *window_add(struct window *w);	/* one more, with undefined bytes */
void window_free(struct window *w);	/* leaves it empty and usable */

/* i < n, or n after something was added; valid until the next is. */
static inline void *
window_at(const struct window *w, size_t i)
{
	return w->p + (w->first + i) * w->item;
}

static inline void
window_drop_first(struct window *w)
{
	w->first++;
	w->n--;
}

static inline void
window_reset(struct window *w)		/* empty, memory kept */
{
	w->first = w->n = 0;
}

#endif
