/* line_list.h - numbers of lines, collected in an arena. */
#ifndef DIALECT_LINE_LIST_H
#define DIALECT_LINE_LIST_H

#include "base/arena.h"

struct line_list {
	size_t *line;
	size_t n, cap;
};

void line_list_add(struct arena *a, struct line_list *list, size_t line);

#endif
