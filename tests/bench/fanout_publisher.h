/* fanout_publisher.h - ways to make a server send events to its subscribers.
 *
 * All events have the same bytes (but the seq and time that our server gives
 * them).  The ways are
 *   store:DATABASE:BELL	into our table, then ring
 *   frames:FIFO		the bytes that subscribers will get
 *   lines:FIFO			the event and a newline
 *   http:HOST:PORT/PATH	POST, some kept connections */
#ifndef BENCH_FANOUT_PUBLISHER_H
#define BENCH_FANOUT_PUBLISHER_H

#include <stddef.h>

#include "fanout_sub.h"

struct publisher;

/* The event has so many bytes as encoded; header goes with a POST (NULL: none).
 * pace is a database where what goes into a FIFO becomes a row first (NULL:
 * none).  NULL with a reason told. */
struct publisher *publisher_new(const char *way, size_t bytes, enum wire wire,
    const char *header, const char *pace);
/* n more, in one transaction or write where there are such things.  False with
 * a reason told, as below. */
bool publisher_send(struct publisher *p, unsigned n);
/* Descriptors of answers: the ith, or -1 behind the last; and one is ready. */
int publisher_fd(const struct publisher *p, unsigned i);
bool publisher_ready(struct publisher *p, unsigned i);
/* What was sent has also been taken. */
bool publisher_idle(const struct publisher *p);
void publisher_free(struct publisher *p);

#endif
