#include "dialect/line_list.h"

void
line_list_add(struct arena *a, struct line_list *list, size_t line)
{
	if (list->n == list->cap) {
		size_t cap = list->cap * 2 + 16;
		size_t *more = arena_array_of(a, size_t, cap);

		if (list->n)
			memcpy(more, list->line, list->n * sizeof(*more));
		list->line = more;
		list->cap = cap;
	}
	list->line[list->n++] = line;
}
