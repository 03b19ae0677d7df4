/* fd.h - descriptors: whole reads and writes, lock files. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include "base/buf.h"

/* All of s, EINTR and short writes seen to; -1 with errno. */
int fd_write_all(int fd, struct str s);
/* Up to the end of file; -1 with errno, or with out->full when it is too long. */
int fd_read_all(int fd, struct buf *out);

/* Is all of the file these bytes?  1, 0, or -1 with errno. */
int fd_equals(int fd, struct str want);

enum fd_lock { FD_LOCK_SHARED, FD_LOCK_EXCLUSIVE };
/* Open (0660, made when missing) and flock path, waiting up to wait_ms.
 * Returns the descriptor; closing it unlocks.  ERR_BUSY after wait_ms. */
int fd_lock_file(const char *path, enum fd_lock how, int64_t wait_ms,
    struct err *e);
/* mkdir unless it is there; ERR_IO otherwise. */
int fd_mkdir(const char *path, unsigned mode, struct err *e);

#endif
