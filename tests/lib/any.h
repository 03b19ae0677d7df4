/* any.h - random texts and operations.  Set any_state first; the same state
 * gives the same ones. */
#ifndef TESTS_ANY_H
#define TESTS_ANY_H

#include <time.h>

#include "edit_fixture.h"

enum manner { LF, CRLF, MIXED, MANNER__MAX };

static uint64_t any_state;
static bool any_numbered;	/* no line of any_text() is like another */

/* Below n; 0 when n is. */
static inline size_t
pick(size_t n)
{
	any_state = any_state * 6364136223846793005u + 1442695040888963407u;
	return n ? (size_t)(any_state >> 33) % n : 0;
}

/* PATCHWARDEN_SEED, or another one each time. */
static inline uint64_t
any_seed(void)
{
	const char *given = getenv("PATCHWARDEN_SEED");

	return given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000;
}

static inline void
any_begin(uint64_t seed)
{
	any_state = seed;
	pick(1);
}

/* n lines, ended in a manner; the last one may be open. */
static inline struct str
any_text(struct arena *a, size_t n, enum manner manner, bool open)
{
	static const char *const words[] = { "", "a", "b", "}", "\tx", "end",
	    "\xe9t\xe9 \xff", " ", "two words", "\xc3\xa9", "x\ry", "-- a",
	    "@@ -1 +1 @@", "\\ no", "+" };
	struct buf b = BUF_INIT(MIB(16));
	struct str s;

	for (size_t i = 0; i < n; i++) {
		if (any_numbered)
			buf_addf(&b, "%zx ", pick(SIZE_MAX));
		buf_adds(&b, words[pick(countof(words))]);
		if (i + 1 == n && open)
			buf_adds(&b, "open");
		else
			buf_adds(&b, manner == CRLF || (manner == MIXED &&
			    pick(2)) ? "\r\n" : "\n");
	}
	s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

/* One line operation that is fine for a text of n lines. */
static inline struct patch_op
any_line_op(size_t n, struct str block)
{
	static const enum op_kind kinds[] = { OP_APPEND, OP_PREPEND,
	    OP_REPLACE_BLOCK, OP_INSERT_BEFORE, OP_INSERT_AFTER,
	    OP_DELETE_BLOCK };
	struct patch_op op = { .op = kinds[pick(n ? countof(kinds) : 2)],
	    .mode = -1, .start = -1, .end = -1, .line = -1 };

	if (op.op != OP_DELETE_BLOCK)
		op.block = block;
	if (op.op == OP_INSERT_BEFORE || op.op == OP_INSERT_AFTER)
		op.line = 1 + (int64_t)pick(n);
	if (op.op == OP_REPLACE_BLOCK || op.op == OP_DELETE_BLOCK) {
		op.start = 1 + (int64_t)pick(n);
		op.end = op.start + (int64_t)pick(3);
		if (op.end > (int64_t)n)
			op.end = (int64_t)n;
	}
	return op;
}

static inline void
any_show(const struct patch_op *op)
{
	printf("# %s %.*s %lld-%lld line %lld to %.*s\n", op_name(op->op),
	    STR_ARG(op->file), (long long)op->start, (long long)op->end,
	    (long long)op->line, STR_ARG(op->to));
	tap_show("  block", op->block);
	if (op->search.p) {
		tap_show("  search", op->search);
		tap_show("  replace", op->replace);
	}
}

/* Told when a round fails. */
static inline bool
any_end(bool held, uint64_t seed)
{
	if (!held)
		printf("# again with PATCHWARDEN_SEED=%llu\n",
		    (unsigned long long)seed);
	return held;
}

#endif
