/* doorbell.h - the FIFO that wakes the broadcast daemon, both ends.
 *
 * A ring is one byte and carries nothing: the table is the truth.  A full FIFO
 * already guarantees that the reader will look. */
#ifndef BASE_DOORBELL_H
#define BASE_DOORBELL_H

#include "base/err.h"

/* Ring; no reader, a full FIFO and a missing one are all fine. */
void doorbell_ring(const char *path);

/* The reader's end, non-blocking, kept open for writing too so that it never
 * sees an end of file.  Makes the FIFO (0660) when missing; ERR_IO when path is
 * something else.  Returns the descriptor. */
int doorbell_open(const char *path, struct err *e);
/* Read the rings, no more than a FIFO holds at a time: who writes without end
 * does not keep the reader.  How many bytes there were. */
unsigned doorbell_drain(int fd);

#endif
