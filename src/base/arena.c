#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

struct block {
	struct block *next;
	size_t used, size;
	size_t dirty;		/* bytes from here on are zero still */
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks;	/* the newest first */
	size_t total;
};

static struct block *
block_new(size_t size, struct block *next)
{
	/* calloc gets large blocks from the kernel, zeroed at no cost */
	struct block *b = calloc(1, sizeof(*b) + size);

	if (!b)
		abort();
	b->next = next;
	b->size = size;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	return a;
}

static void
blocks_free(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	blocks_free(a->blocks);
	free(a);
}

void
arena_reset(struct arena *a)
{
	if (a->blocks && a->blocks->size <= ARENA_KEEP_BYTES) {
		blocks_free(a->blocks->next);
		a->blocks->next = NULL;
		a->blocks->used = 0;
		a->total = a->blocks->size;
	} else {
		blocks_free(a->blocks);
		a->blocks = NULL;
		a->total = 0;
	}
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	size_t need = (bytes + alignof(max_align_t) - 1) &
	    ~(alignof(max_align_t) - 1);
	struct block *b = a->blocks;
	void *p;

	if (need < bytes)
		abort();
	if (!b || b->size - b->used < need) {
		size_t size = ARENA_BLOCK_BYTES;

		/* doubling keeps the number of blocks small */
		while (size < need || (size < a->total && size < ARENA_KEEP_BYTES))
			size = size > SIZE_MAX / 2 ? need : size * 2;
		b = a->blocks = block_new(size, b);
		a->total += size;
	}
	p = b->bytes + b->used;
	if (b->used < b->dirty)
		memset(p, 0, b->dirty - b->used < need ?
		    b->dirty - b->used : need);
	b->used += need;
	if (b->dirty < b->used)
		b->dirty = b->used;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t each)
{
	if (each && n > SIZE_MAX / 2 / each)
		abort();
	return arena_alloc(a, n * each);
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = arena_cstr(a, s);

	return str_n(p, s.len);
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p;

	if (!s.p)
		return NULL;
	p = arena_alloc(a, s.len + 1);
	if (s.len)
		memcpy(p, s.p, s.len);
	return p;
}

struct str
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return str_n(p, (size_t)n);
}
