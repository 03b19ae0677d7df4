#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/limits.h"

#define HUGE_PAGE MIB(2)

struct block {
	struct block *next;
	size_t used, size;
	size_t dirty;		/* bytes from here on are zero still */
	size_t mapped;		/* 0: it is malloc's */
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks;	/* the newest first */
	size_t total;
};

/* Zeroed by the kernel, in huge pages where it has them: to get a large file's
 * worth of small ones costs more than to hash the file. */
static struct block *
block_map(size_t size)
{
	size_t all = (sizeof(struct block) + size + HUGE_PAGE - 1) &
	    ~(HUGE_PAGE - 1), skip;
	char *p = mmap(NULL, all + HUGE_PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct block *b;

	if (p == MAP_FAILED)
		abort();
	skip = -(uintptr_t)p & (HUGE_PAGE - 1);
	if (skip)
		munmap(p, skip);
	p += skip;
	munmap(p + all, HUGE_PAGE - skip);
	madvise(p, all, MADV_HUGEPAGE);
	b = (struct block *)p;
	b->mapped = all;
	b->size = all - sizeof(*b);
	return b;
}

static struct block *
block_new(size_t size, struct block *next)
{
	struct block *b;

	if (size >= HUGE_PAGE && size <= SIZE_MAX / 2) {
		b = block_map(size);
	} else {
		b = calloc(1, sizeof(*b) + size);
		if (!b)
			abort();
		b->size = size;
	}
	b->next = next;
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

		if (b->mapped)
			munmap(b, b->mapped);
		else
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

/* A block with that much room, and how much of it that is. */
static struct block *
room(struct arena *a, size_t bytes, size_t *out)
{
	size_t need = (bytes + alignof(max_align_t) - 1) &
	    ~(alignof(max_align_t) - 1);
	struct block *b = a->blocks;

	if (need < bytes)
		abort();
	*out = need;
	if (!b || b->size - b->used < need) {
		size_t size = ARENA_BLOCK_BYTES;

		/* doubling keeps the number of blocks small */
		while (size < need || (size < a->total && size < ARENA_KEEP_BYTES))
			size = size > SIZE_MAX / 2 ? need : size * 2;
		b = a->blocks = block_new(size, b);
		a->total += b->size;
	}
	return b;
}

static void *
take(struct block *b, size_t need)
{
	void *p = b->bytes + b->used;

	b->used += need;
	if (b->dirty < b->used)
		b->dirty = b->used;
	return p;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	size_t need;
	struct block *b = room(a, bytes, &need);

	if (b->used < b->dirty)
		memset(b->bytes + b->used, 0, b->dirty - b->used < need ?
		    b->dirty - b->used : need);
	return take(b, need);
}

char *
arena_bytes(struct arena *a, size_t bytes)
{
	size_t need;
	struct block *b = room(a, bytes, &need);

	return take(b, need);
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
	p = arena_bytes(a, s.len + 1);
	if (s.len)
		memcpy(p, s.p, s.len);
	p[s.len] = '\0';
	return p;
}

struct str
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char most[256], *p;		/* most texts fit, and are made once */
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(most, sizeof(most), fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	p = arena_bytes(a, (size_t)n + 1);
	if ((size_t)n < sizeof(most))
		memcpy(p, most, (size_t)n + 1);
	else
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return str_n(p, (size_t)n);
}
