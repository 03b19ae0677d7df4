/* wire.h - messages between a program and its runner: a length, then numbers
 * and texts in an order that both know.  What comes in is checked like
 * anything from outside. */
#ifndef VALIDATE_WIRE_H
#define VALIDATE_WIRE_H

#include "base/arena.h"
#include "base/buf.h"

void wire_put_int(struct buf *out, int64_t v);
void wire_put_str(struct buf *out, struct str s);

/* A message being read; a fault sticks, and what is read after it is empty. */
struct wire {
	struct str rest;
	bool bad;
};
int64_t wire_int(struct wire *w, int64_t lo, int64_t hi);
struct str wire_str(struct wire *w, size_t max);	/* borrowed */
bool wire_all(const struct wire *w);	/* no fault, and nothing is left */

/* Until the monotonic clock says so (-1: for ever).  -1 with errno (ETIMEDOUT,
 * EPIPE); never raises SIGPIPE. */
int wire_send(int fd, struct str message, int64_t until_ms);
/* 1 with *out from the arena; 0: the other end is closed; -1 with errno
 * (EMSGSIZE: longer than max). */
int wire_receive(int fd, struct arena *a, size_t max, int64_t until_ms,
    struct str *out);

#endif
