#include "limit_ring.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define ENTRIES 1024

struct ring {
	int fd;
	unsigned queued;
	struct io_uring_sqe *sqes;
	uint32_t *sq_tail, *sq_array, sq_mask;
	uint32_t *cq_head, *cq_tail, cq_mask;
	struct io_uring_cqe *cqes;
};

struct ring *
ring_new(void)
{
	struct io_uring_params p = { .flags = IORING_SETUP_SINGLE_ISSUER };
	struct ring *r = calloc(1, sizeof(*r));
	size_t bytes, sq_bytes;
	char *at;

	r->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	check(r->fd >= 0, "io_uring_setup");
	check(p.features & IORING_FEAT_SINGLE_MMAP, "an old io_uring");
	sq_bytes = p.sq_off.array + p.sq_entries * sizeof(uint32_t);
	bytes = p.cq_off.cqes + p.cq_entries * sizeof(*r->cqes);
	at = mmap(NULL, bytes > sq_bytes ? bytes : sq_bytes,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
	    IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, p.sq_entries * sizeof(*r->sqes),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd,
	    IORING_OFF_SQES);
	check(at != MAP_FAILED && r->sqes != MAP_FAILED, "the ring's memory");
	r->sq_tail = (uint32_t *)(void *)(at + p.sq_off.tail);
	r->sq_array = (uint32_t *)(void *)(at + p.sq_off.array);
	r->sq_mask = p.sq_entries - 1;
	r->cq_head = (uint32_t *)(void *)(at + p.cq_off.head);
	r->cq_tail = (uint32_t *)(void *)(at + p.cq_off.tail);
	r->cq_mask = p.cq_entries - 1;
	r->cqes = (struct io_uring_cqe *)(void *)(at + p.cq_off.cqes);
	return r;
}

void
ring_send(struct ring *r, int fd, const void *p, size_t n, ring_done *done,
    void *ctx)
{
	uint32_t tail, at;

	if (r->queued == ENTRIES)
		ring_flush(r, done, ctx);
	tail = *r->sq_tail;		/* nobody else writes it */
	at = tail & r->sq_mask;
	r->sqes[at] = (struct io_uring_sqe){ .opcode = IORING_OP_SEND,
	    .fd = fd, .addr = (uint64_t)(uintptr_t)p, .len = (uint32_t)n,
	    .msg_flags = MSG_NOSIGNAL | MSG_DONTWAIT,
	    .user_data = (unsigned)fd };
	r->sq_array[at] = at;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	r->queued++;
}

static unsigned
take(struct ring *r, ring_done *done, void *ctx)
{
	uint32_t head = *r->cq_head, from = head;
	uint32_t tail = __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE);

	for (; head != tail; head++) {
		const struct io_uring_cqe *c = &r->cqes[head & r->cq_mask];

		done(ctx, (int)c->user_data, c->res);
	}
	__atomic_store_n(r->cq_head, head, __ATOMIC_RELEASE);
	return head - from;
}

void
ring_flush(struct ring *r, ring_done *done, void *ctx)
{
	unsigned missing = r->queued, unsent = r->queued;

	r->queued = 0;
	while (missing > 0) {
		long n = syscall(SYS_io_uring_enter, r->fd, unsent, missing,
		    IORING_ENTER_GETEVENTS, NULL, 0);

		check(n >= 0 || errno == EINTR, "io_uring_enter");
		unsent -= n > 0 ? (unsigned)n : 0;
		missing -= take(r, done, ctx);
	}
}
