/* edit_ops.h - operations in one line, for tables of tests. */
#ifndef TESTS_EDIT_OPS_H
#define TESTS_EDIT_OPS_H

#include "edit_fixture.h"

#define S(lit) { "" lit, sizeof(lit) - 1 }
#define REPLACE(s, e, text) \
	{ .op = OP_REPLACE_BLOCK, .start = (s), .end = (e), .block = S(text) }
#define BEFORE(l, text) \
	{ .op = OP_INSERT_BEFORE, .line = (l), .block = S(text) }
#define AFTER(l, text) \
	{ .op = OP_INSERT_AFTER, .line = (l), .block = S(text) }
#define APPEND(text) { .op = OP_APPEND, .block = S(text) }
#define PREPEND(text) { .op = OP_PREPEND, .block = S(text) }
#define CREATE(text) { .op = OP_CREATE, .mode = -1, .block = S(text) }
#define DELETE { .op = OP_DELETE_FILE }

#endif
