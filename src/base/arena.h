/* arena.h - memory that ends all at once.
 *
 * What a request allocates lives until arena_reset() and is never freed by
 * itself.  Running out of memory aborts: ceilings are kept by the callers. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

struct arena *arena_new(void);		/* never NULL; arena_free() it */
void arena_free(struct arena *a);	/* NULL is fine */
void arena_reset(struct arena *a);	/* everything from it is gone */

/* Zeroed, aligned for any type, never NULL. */
void *arena_alloc(struct arena *a, size_t bytes)
	__attribute__((returns_nonnull, malloc));
/* The same, but with whatever was there before: for text that is written to
 * at once, which zeroing would make one pass longer. */
char *arena_bytes(struct arena *a, size_t bytes)
	__attribute__((returns_nonnull, malloc));
#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array_of(a, type, n) \
	((type *)arena_array((a), (n), sizeof(type)))
void *arena_array(struct arena *a, size_t n, size_t each)
	__attribute__((returns_nonnull));

/* A copy with a NUL behind it; STR_NONE stays STR_NONE. */
struct str arena_str(struct arena *a, struct str s);
struct str arena_fmt(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A NUL-terminated copy; NULL for STR_NONE. */
char *arena_cstr(struct arena *a, struct str s);

#endif
