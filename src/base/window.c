#include "base/window.h"

#include <stdlib.h>
#include <string.h>

#define FIRST 16

void *
window_add(struct window *w)
{
	if (w->first + w->n == w->cap && w->first > w->cap / 2) {
		memmove(w->p, w->p + w->first * w->item, w->n * w->item);
		w->first = 0;
	}
	if (w->first + w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : FIRST;
		w->p = realloc(w->p, w->cap * w->item);
		if (!w->p)
			abort();
	}
	return window_at(w, w->n++);
}

void
window_free(struct window *w)
{
	free(w->p);
	*w = (struct window){ .item = w->item };
}
