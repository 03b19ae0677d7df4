/* limit_ring.h - sends in batches, by io_uring: one system call for many. */
#ifndef BENCH_LIMIT_RING_H
#define BENCH_LIMIT_RING_H

#include <stddef.h>
#include <sys/types.h>

struct ring;
struct ring *ring_new(void);		/* ends the program where it cannot be */

/* What a send came to: bytes, or -errno. */
typedef void ring_done(void *ctx, int fd, ssize_t sent);

/* Queue one; the bytes must stay until ring_flush() is back.  When the queue
 * is full, it is flushed first. */
void ring_send(struct ring *r, int fd, const void *p, size_t n,
    ring_done *done, void *ctx);
/* Send all that is queued, and tell what each came to. */
void ring_flush(struct ring *r, ring_done *done, void *ctx);

#endif
