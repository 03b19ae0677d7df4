#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

int
fd_write_all(int fd, struct str s)
{
	while (s.len) {
		ssize_t n = write(fd, s.p, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		s.p += n;
		s.len -= (size_t)n;
	}
	return 0;
}

int
fd_read_all(int fd, struct buf *out)
{
	for (;;) {
		size_t left = out->max - out->len;
		size_t want = left < KIB(64) ? left + 1 : KIB(64);
		char piece[KIB(64)];
		ssize_t n = read(fd, piece, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			return 0;
		buf_add(out, str_n(piece, (size_t)n));
		if (out->full) {
			errno = EFBIG;
			return -1;
		}
	}
}

int
fd_equals(int fd, struct str want)
{
	char piece[KIB(64)];
	size_t at = 0;

	for (;;) {
		ssize_t n = pread(fd, piece, sizeof(piece), (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			return at == want.len;
		if ((size_t)n > want.len - at ||
		    memcmp(piece, want.p + at, (size_t)n) != 0)
			return 0;
		at += (size_t)n;
	}
}

int
fd_lock_file(const char *path, enum fd_lock how, int64_t wait_ms,
    struct err *e)
{
	int op = (how == FD_LOCK_SHARED ? LOCK_SH : LOCK_EX) | LOCK_NB;
	int64_t until = clock_mono_ms() + wait_ms;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	int pause_ms = 1;

	if (fd < 0)
		return err_sys(e, "cannot open the lock file %s", path);
	while (flock(fd, op) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			err_sys(e, "cannot lock %s", path);
			close(fd);
			return -1;
		}
		if (clock_mono_ms() >= until) {
			close(fd);
			return err_set(e, ERR_BUSY,
			    "another process held %s for %lld ms", path,
			    (long long)wait_ms);
		}
		clock_sleep_ms(pause_ms);
		if (pause_ms < 8)
			pause_ms *= 2;
	}
	return fd;
}

int
fd_mkdir(const char *path, unsigned mode, struct err *e)
{
	if (mkdir(path, (mode_t)mode) == 0 || errno == EEXIST)
		return 0;
	return err_sys(e, "cannot make the folder %s", path);
}
